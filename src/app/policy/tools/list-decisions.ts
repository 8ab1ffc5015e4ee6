import type { DecisionRecord } from '../../../domain/policy/decision-record.js';
import type { Effect } from '../../../domain/policy/effect.js';
import { EFFECTS } from '../../../domain/policy/effect.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { DecisionFilter } from '../../../ports/decision-store.js';
import type { AppDeps } from '../../deps.js';
import { resolveRunId, resolveTaskId } from '../../tasks/resolve-id.js';
import { parsePoint } from './questions.js';
import { resolveDecisionId } from './resolve-id.js';

export interface DecisionFilterInput {
  readonly task: string | null;
  readonly run: string | null;
  readonly point: string | null;
  readonly effect: string | null;
  /** Only what was decided in so many ms before now. */
  readonly sinceMs: number | null;
}

export interface DecisionPage {
  readonly records: readonly DecisionRecord[];
  /** Id to go on before; null when this is all. */
  readonly next: string | null;
}

type ListDeps = Pick<AppDeps, 'store' | 'clock'>;

/** Newest first. Throws INVALID_INPUT, TASK_NOT_FOUND, RUN_NOT_FOUND, DECISION_NOT_FOUND. */
export async function listDecisions(deps: ListDeps, input: DecisionFilterInput, page: { readonly limit: number; readonly before: string | null }): Promise<DecisionPage> {
  const filter = await decisionFilter(deps, input);
  const before = page.before === null ? null : await resolveDecisionId(deps.store, page.before);
  const records = await deps.store.listDecisions(filter, { limit: page.limit + 1, before });
  const shown = records.slice(0, page.limit);
  return { records: shown, next: records.length > page.limit ? (shown.at(-1)?.id ?? null) : null };
}

export async function decisionFilter({ store, clock }: ListDeps, input: DecisionFilterInput): Promise<DecisionFilter> {
  return {
    task: input.task === null ? null : await resolveTaskId(store, input.task),
    run: input.run === null ? null : await resolveRunId(store, input.run),
    point: input.point === null ? null : parsePoint(input.point),
    effect: input.effect === null ? null : parseEffect(input.effect),
    sinceMs: input.sinceMs === null ? null : Math.max(0, clock.now().wallMs - input.sinceMs),
  };
}

function parseEffect(text: string): Effect {
  const effect = EFFECTS.find((known) => known === text);
  if (effect !== undefined) return effect;
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no effect.`, hint: `One of: ${EFFECTS.join(', ')}` });
}

/** Throws DECISION_NOT_FOUND, AMBIGUOUS_ID. */
export async function showDecision({ store }: Pick<AppDeps, 'store'>, idText: string): Promise<DecisionRecord> {
  return store.getDecision(await resolveDecisionId(store, idText));
}
