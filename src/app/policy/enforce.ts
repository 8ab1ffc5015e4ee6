import { AiError } from '../../domain/kernel/errors.js';
import { makeName } from '../../domain/kernel/ids.js';
import type { ApprovalRequest } from '../../domain/policy/approval.js';
import type { Decision } from '../../domain/policy/decision.js';
import type { DecisionRecord } from '../../domain/policy/decision-record.js';
import { stricter } from '../../domain/policy/effect.js';
import { decide } from '../../domain/policy/evaluate/decide.js';
import type { CompiledPolicy } from '../../domain/policy/evaluate/compile-policy.js';
import { actionDigest, askingRules } from '../../domain/policy/record/action-digest.js';
import { approvalRequest } from '../../domain/policy/record/approval-request.js';
import { recordableRequest, requestJson } from '../../domain/policy/record/bodies.js';
import { makeRecord } from '../../domain/policy/record/make-record.js';
import type { DecisionRequest } from '../../domain/policy/request.js';
import { redact } from '../../domain/redaction/redact.js';
import { secretValues } from '../../domain/redaction/secret-values.js';
import type { AppDeps } from '../deps.js';
import type { LoadedPolicy, PolicyDeps } from './load-policy.js';

export type EnforceDeps = PolicyDeps & Pick<AppDeps, 'random' | 'environment'>;

export interface Question {
  readonly request: DecisionRequest;
  /** A queued task that waits, blocked, until somebody answers the question. */
  readonly park?: string | null;
  /** `later`: the caller spends the approvals with `store.spendApprovals` once the action has succeeded. */
  readonly spend?: 'now' | 'later';
  readonly evidence?: DecisionRecord['evidence'];
  /** The action in words, as in "claim t-4k9x2m". */
  readonly what?: string;
}

/** A decision that is on record. Nothing was done yet. */
export interface Enforced {
  readonly what: string | null;
  readonly decision: Decision;
  readonly record: string;
  /** To wait for, when the effect is ask. */
  readonly approval: string | null;
}

/**
 * Asks policy and writes the answer down before anything is done about it. Answers null where nobody has written a policy
 * and the built-in floor says nothing about this point: then nothing was decided. Throws what the database throws, and
 * APPROVAL_SPENT when somebody else used the approval in the same moment: the caller must not act then.
 */
export async function enforce(deps: EnforceDeps, loaded: LoadedPolicy, question: Question): Promise<Enforced | null> {
  const weighed = await weigh(deps, loaded, question);
  return weighed === null ? null : writeDown(deps, weighed);
}

/**
 * Everything that one action needs. What decides is written down: the denials, else the questions to people, else every allow.
 * So an approval is spent only when the action may go ahead as a whole, and nobody is asked about what is denied elsewhere.
 */
export async function enforceAll(deps: EnforceDeps, loaded: LoadedPolicy, questions: readonly Question[]): Promise<readonly Enforced[]> {
  const weighed: Weighed[] = [];
  for (const question of questions) {
    const one = await weigh(deps, loaded, question);
    if (one !== null) weighed.push(one);
  }
  const strictest = weighed.map(({ decision }) => decision.effect).reduce(stricter, 'allow');
  const enforced: Enforced[] = [];
  for (const one of weighed) if (one.decision.effect === strictest) enforced.push(await writeDown(deps, one));
  return enforced;
}

/** An answer that is not on record yet. */
interface Weighed {
  readonly question: Question;
  readonly compiled: CompiledPolicy;
  readonly request: DecisionRequest;
  readonly decision: Decision;
  readonly redacted: DecisionRecord['redacted'];
  readonly tookMs: number;
}

async function weigh(deps: EnforceDeps, loaded: LoadedPolicy, question: Question): Promise<Weighed | null> {
  const asked = question.request;
  const compiled = await loaded.compileFor(asked.point);
  if (!loaded.isWritten && compiled.at(asked.point).rules.length === 0) return null;
  const began = deps.clock.now().monoMs;
  // What is decided is what is recorded: a secret is gone before the question is asked.
  const { value, redacted } = withoutSecrets(deps, asked);
  const { request, decision } = await decideWithApprovals(deps, compiled, value);
  return { question, compiled, request, decision, redacted, tookMs: deps.clock.now().monoMs - began };
}

async function writeDown(deps: EnforceDeps, weighed: Weighed): Promise<Enforced> {
  const { question, compiled, request, decision, redacted } = weighed;
  const record = makeRecord({
    request,
    decision,
    compiled,
    id: makeName('d', deps.random.bytes(10)),
    atMs: deps.clock.now().wallMs,
    tookUs: Math.max(0, Math.round(weighed.tookMs * 1_000)),
    mode: 'enforce',
    redacted,
    evidence: question.evidence ?? [],
    sha256: deps.sha256,
  });
  const approval = decision.effect === 'ask' ? approvalRequest({ record, request, compiled, id: makeName('a', deps.random.bytes(6)), sha256: deps.sha256 }) : null;
  const recorded = await deps.store.recordDecision({ record, request: requestJson(request), policy: compiled.json(), approval, spend: question.spend ?? 'now', park: approval === null ? null : (question.park ?? null) });
  return { what: question.what ?? null, decision, record: recorded.id, approval: recorded.approval };
}

function withoutSecrets(deps: EnforceDeps, asked: DecisionRequest): { readonly value: DecisionRequest; readonly redacted: DecisionRecord['redacted'] } {
  const { value, redacted } = redact(recordableRequest(asked), { secrets: secretValues(deps.environment) });
  return { value: value as DecisionRequest, redacted };
}

/** An approval is looked for only when one is needed: it is bound to the rules that ask. */
async function decideWithApprovals(deps: EnforceDeps, compiled: CompiledPolicy, asked: DecisionRequest): Promise<{ readonly request: DecisionRequest; readonly decision: Decision }> {
  const first = decide(compiled, asked);
  if (first.effect !== 'ask') return { request: asked, decision: first };
  const digest = actionDigest({ request: asked, policyDigest: compiled.contentDigest(deps.sha256), rules: askingRules(first) }, deps.sha256);
  const granted = await deps.store.findGrantedApprovals(digest);
  if (granted.length === 0) return { request: asked, decision: first };
  const approvals = granted.map((approval) => ({ id: approval.id, actionDigest: approval.actionDigest, by: approval.votes.filter((vote) => vote.verdict === 'approve').map((vote) => vote.by), expiresAtMs: approval.expiresAtMs }));
  const request = { ...asked, approvals };
  return { request, decision: decide(compiled, request) };
}

/** Throws POLICY_DENIED or APPROVAL_REQUIRED unless the answer is allow. `what` names the action, as in "claim t-4k9x2m". */
export function requireAllowed(enforced: Enforced | null, what: string): void {
  if (enforced === null || enforced.decision.effect === 'allow') return;
  throw enforced.decision.effect === 'deny' ? deniedError(enforced, what) : askError(enforced, what);
}

/** The same for all that one action needs. */
export function requireAllAllowed(enforced: readonly Enforced[], what: string): void {
  const open = enforced.filter(({ decision }) => decision.effect !== 'allow');
  const [first] = open;
  if (first === undefined) return;
  throw first.decision.effect === 'deny' ? deniedError(first, first.what ?? what) : askError(first, first.what ?? what, open);
}

export function deniedError({ decision, record }: Enforced, what: string): AiError {
  return new AiError({
    code: 'POLICY_DENIED',
    message: `Policy does not allow to ${what}: ${decision.message}`,
    hint: decision.fix === null ? `ai pdr explain ${record}` : `${decision.fix}   (ai pdr explain ${record})`,
    details: { decision: record, code: decision.code, rules: decisiveRules(decision), findings: decision.findings.slice(0, SHOWN_FINDINGS) },
  });
}

/** `all`: every question that is open for the same action. */
export function askError(enforced: Enforced, what: string, all: readonly Enforced[] = [enforced]): AiError {
  const { decision, record, approval } = enforced;
  const approvals = all.flatMap((one) => one.approval ?? []);
  return new AiError({
    code: 'APPROVAL_REQUIRED',
    message: `A person has to agree before anybody may ${what}: ${decision.message}`,
    hint: approval === null ? `ai pdr explain ${record}` : approvals.map((id) => `ai approval approve ${id}`).join(' && '),
    retryable: true,
    details: { decision: record, approval, approvals, code: decision.code, rules: decisiveRules(decision), findings: decision.findings.slice(0, SHOWN_FINDINGS) },
  });
}

const SHOWN_FINDINGS = 20;

function decisiveRules(decision: Decision): readonly Pick<ApprovalRequest['rules'][number], 'id' | 'layer'>[] {
  return decision.rules.filter((rule) => rule.decisive).map(({ id, layer }) => ({ id, layer }));
}
