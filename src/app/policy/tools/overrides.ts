import { AiError } from '../../../domain/kernel/errors.js';
import { closestWord } from '../../../domain/kernel/closest-word.js';
import { makeName, parseAgentId, quote } from '../../../domain/kernel/ids.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import { parseText } from '../../../domain/kernel/text.js';
import { LAYER_NAMES, type EffectivePolicy, type LayerName, type Rule } from '../../../domain/policy/layer.js';
import { OVERRIDE_DAYS } from '../../../domain/policy/layers/check-overrides.js';
import { mayOverride } from '../../../domain/policy/layers/overrides.js';
import type { GivenOverride } from '../../../ports/override-store.js';
import type { AppDeps } from '../../deps.js';
import { resolveTaskId } from '../../tasks/resolve-id.js';
import { loadPolicy, type PolicyDeps } from '../load-policy.js';
import { requirePerson, type PersonDeps } from './inside-run.js';
import { resolveOverride } from './resolve-id.js';

export type OverrideDeps = PolicyDeps & PersonDeps & Pick<AppDeps, 'random'>;

export interface AddOverrideInput {
  readonly rule: string;
  readonly layer: string;
  readonly reason: string;
  readonly expiresAtMs: number;
  readonly agent: string | null;
  readonly task: string | null;
  readonly parentPid: number;
}

const DAY_MS = 86_400_000;
const ID_BYTES = 6;
/** The layers that something can be overridden in the name of. */
const SPEAKERS = ['project', 'agent', 'task'] as const;

/** Switches a rule off for a while. Throws POLICY_DENIED for agents, OVERRIDE_REFUSED when the rule does not permit it, INVALID_INPUT. */
export async function addOverride(deps: OverrideDeps, input: AddOverrideInput): Promise<GivenOverride> {
  await requirePerson(deps, { what: 'override a rule', parentPid: input.parentPid });
  const layer = parseLayer(input.layer);
  const scope = await scopeOf(deps, layer, input);
  const reason = parseReason(input.reason);
  const nowMs = deps.clock.now().wallMs;
  checkExpiry(input.expiresAtMs, nowMs);
  const { policy } = await loadPolicy(deps, { agent: scope.agent, task: scope.task, commit: null });
  const found = findRule(policy, input.rule);
  if (!mayOverride(found.rule, found.layer, layer)) throw refused(found, layer);
  const id = makeName('o', deps.random.bytes(ID_BYTES));
  return deps.store.addOverride({ id, rule: found.rule.id, layer, reason, expiresAtMs: input.expiresAtMs, by: deps.actor, at: `ai policy override ${id}`, scope });
}

/** Newest first; only those in force, or all. */
export async function listOverrides({ store, clock }: Pick<AppDeps, 'store' | 'clock'>, all: boolean): Promise<readonly GivenOverride[]> {
  return store.listOverrides({ activeAtMs: all ? null : clock.now().wallMs });
}

/** Throws POLICY_DENIED for agents, INVALID_INPUT when there is none of that id. */
export async function revokeOverride(deps: PersonDeps, idText: string, parentPid: number): Promise<GivenOverride> {
  await requirePerson(deps, { what: 'revoke an override', parentPid });
  const found = await resolveOverride(deps.store, idText);
  return (await deps.store.revokeOverride(found.id, deps.actor)) ?? found;
}

function parseLayer(text: string): LayerName {
  const layer = SPEAKERS.find((known) => known === text);
  if (layer !== undefined) return layer;
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no layer that can override: the rule stands in a layer above.`, hint: `--layer ${SPEAKERS.join(' or ')}` });
}

async function scopeOf(deps: OverrideDeps, layer: LayerName, input: AddOverrideInput): Promise<GivenOverride['scope']> {
  if (layer === 'agent' && input.agent === null) throw new AiError({ code: 'INVALID_INPUT', message: 'An override of the agent layer is for one agent.', hint: '--agent ID' });
  if (layer === 'task' && input.task === null) throw new AiError({ code: 'INVALID_INPUT', message: 'An override of the task layer is for one task.', hint: '--task ID' });
  const agent = input.agent === null ? null : (await deps.store.getAgent(parseAgentId(input.agent))).id;
  return { agent, task: input.task === null ? null : await resolveTaskId(deps.store, input.task) };
}

function parseReason(text: string): string {
  const reason = parseText(text.trim(), { name: 'reason', max: LIMITS.noteCharacters });
  if (reason === '') throw new AiError({ code: 'INVALID_INPUT', message: 'The reason is empty.', hint: 'Write why the rule does not apply for now: the record shows it.' });
  return reason;
}

function checkExpiry(expiresAtMs: number, nowMs: number): void {
  const hint = '--expires 2h, or a day such as 2030-06-30';
  if (expiresAtMs <= nowMs) throw new AiError({ code: 'INVALID_INPUT', message: 'The override would have expired already.', hint });
  if (expiresAtMs > nowMs + OVERRIDE_DAYS * DAY_MS) throw new AiError({ code: 'INVALID_INPUT', message: `The override would last longer than ${OVERRIDE_DAYS} days.`, hint: `${hint}; change the rule itself when it is for good.` });
}

interface FoundRule {
  readonly rule: Rule;
  readonly layer: LayerName;
}

function findRule(policy: EffectivePolicy, id: string): FoundRule {
  const rules = policy.layers.flatMap((layer) => layer.rules.map((rule) => ({ rule, layer: layer.layer })));
  const found = rules.find(({ rule }) => rule.id === id);
  if (found !== undefined) return found;
  const meant = closestWord(id, rules.map(({ rule }) => rule.id));
  throw new AiError({ code: 'INVALID_INPUT', message: `No rule in force is called ${quote(id)}${meant === undefined ? '.' : `; did you mean ${meant}?`}`, hint: 'ai policy show' });
}

function refused({ rule, layer: of }: FoundRule, by: LayerName): AiError {
  const isAbove = LAYER_NAMES.indexOf(of) < LAYER_NAMES.indexOf(by);
  const reason = rule.locked ? 'it is locked' : isAbove ? `it does not say that the ${by} layer may` : `it stands in the ${of} layer, which is not above the ${by} layer`;
  const hint = rule.locked || !isAbove ? 'Do it another way, or have who owns the policy change the rule.' : `Have who owns the policy write overridable: [${by}] into the rule at ${rule.at}.`;
  return new AiError({ code: 'OVERRIDE_REFUSED', message: `The rule ${rule.id} (${rule.at}) can't be overridden by the ${by} layer: ${reason}.`, hint, details: { rule: rule.id, layer: of, by, locked: rule.locked } });
}
