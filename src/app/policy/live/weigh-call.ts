import { ALLOW, deny, type LiveAnswer } from '../../../domain/live/tool-call.js';
import type { Effect } from '../../../domain/policy/effect.js';
import { decide } from '../../../domain/policy/evaluate/decide.js';
import { actionDigest, askingRules } from '../../../domain/policy/record/action-digest.js';
import { recordableRequest } from '../../../domain/policy/record/bodies.js';
import type { DecisionRequest } from '../../../domain/policy/request.js';
import { redact } from '../../../domain/redaction/redact.js';
import { secretValues } from '../../../domain/redaction/secret-values.js';
import { enforce, type EnforceDeps, type Enforced } from '../enforce.js';
import type { LoadedPolicy } from '../load-policy.js';

/** What an answer would be. An ask that somebody has approved is `approved`: recording it spends the approval. */
export type Outlook = Effect | 'approved';

/**
 * Tells what each question would be answered, without writing anything. A call asks at several points: an approval must not be
 * spent at one of them, and nobody must be asked, when another one denies.
 */
export async function lookAhead(deps: EnforceDeps, loaded: LoadedPolicy, request: DecisionRequest): Promise<Outlook> {
  const compiled = await loaded.compileFor(request.point);
  if (!loaded.isWritten && compiled.at(request.point).rules.length === 0) return 'allow';
  const { value } = redact(recordableRequest(request), { secrets: secretValues(deps.environment) });
  const asked = value as DecisionRequest;
  const decision = decide(compiled, asked);
  if (decision.effect !== 'ask') return decision.effect;
  const digest = actionDigest({ request: asked, policyDigest: compiled.contentDigest(deps.sha256), rules: askingRules(decision) }, deps.sha256);
  const granted = await deps.store.findGrantedApprovals(digest);
  if (granted.length === 0) return 'ask';
  const approvals = granted.map((approval) => ({ id: approval.id, actionDigest: approval.actionDigest, by: approval.votes.filter((vote) => vote.verdict === 'approve').map((vote) => vote.by), expiresAtMs: approval.expiresAtMs }));
  return decide(compiled, { ...asked, approvals }).effect === 'allow' ? 'approved' : 'ask';
}

/**
 * Records what decides: the denials, else the questions to people, else every allow. Answers with the strictest. Nothing is
 * allowed that is not on record by then. Throws what the database throws.
 */
export async function recordOutcome(deps: EnforceDeps, loaded: LoadedPolicy, weighed: readonly { readonly request: DecisionRequest; readonly outlook: Outlook }[]): Promise<LiveAnswer> {
  const denied = weighed.filter(({ outlook }) => outlook === 'deny');
  const asking = weighed.filter(({ outlook }) => outlook === 'ask');
  const decisive = denied.length > 0 ? denied : asking.length > 0 ? asking : weighed;
  const first = await enforceAll(deps, loaded, decisive);
  const refused = refusal(first);
  if (refused !== null) return refused;
  // Somebody approved it in this very moment: then the other answers are needed as well.
  return refusal(await enforceAll(deps, loaded, weighed.filter((one) => !decisive.includes(one)))) ?? ALLOW;
}

async function enforceAll(deps: EnforceDeps, loaded: LoadedPolicy, weighed: readonly { readonly request: DecisionRequest }[]): Promise<readonly Enforced[]> {
  const answers: Enforced[] = [];
  for (const { request } of weighed) {
    const enforced = await enforce(deps, loaded, { request });
    if (enforced !== null) answers.push(enforced);
  }
  return answers;
}

function refusal(answers: readonly Enforced[]): LiveAnswer | null {
  const denied = answers.find(({ decision }) => decision.effect === 'deny');
  if (denied !== undefined) return deny(deniedText(denied));
  return answers.some(({ decision }) => decision.effect === 'ask') ? deny(askText(answers)) : null;
}

const deniedText = ({ decision, record }: Enforced): string => `${decision.message}${decision.fix === null ? '' : ` ${decision.fix}`} (decision ${record})`;

function askText(answers: readonly Enforced[]): string {
  const open = answers.filter(({ decision }) => decision.effect === 'ask');
  const commands = open.flatMap(({ approval }) => (approval === null ? [] : [`ai approval approve ${approval}`]));
  const [first] = open;
  const how = commands.length === 0 ? '' : ` The request is open; a person approves it with: ${commands.join(' && ')}.`;
  return `${first?.decision.message ?? ''}${how} Nobody answers at once: go on with other work. Exactly this call, made again after that, is allowed once. (decision ${open.map(({ record }) => record).join(', ')})`;
}
