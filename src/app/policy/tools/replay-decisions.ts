import { canonicalJson } from '../../../domain/audit/canonical-json.js';
import type { DecisionRecord } from '../../../domain/policy/decision-record.js';
import { explainDecision, type Explanation } from '../../../domain/policy/evaluate/explain.js';
import { compilePolicy } from '../../../domain/policy/evaluate/compile-policy.js';
import type { PolicyLayer } from '../../../domain/policy/layer.js';
import { readPolicy, readRequest } from '../../../domain/policy/record/bodies.js';
import { replay, type Replay } from '../../../domain/policy/record/replay.js';
import type { DecisionFilter } from '../../../ports/decision-store.js';
import type { AppDeps } from '../../deps.js';
import { parseNamedPolicy, withLayer, type NamedPolicy } from './named-policy.js';
import { resolveDecisionId } from './resolve-id.js';

export type ReplayDeps = Pick<AppDeps, 'store' | 'policyFiles' | 'changes' | 'clock' | 'place' | 'sha256'>;

export interface ReplayedDecision {
  readonly record: DecisionRecord;
  readonly replay: Replay;
}

export interface ReplayCounts {
  readonly total: number;
  readonly same: number;
  readonly changed: number;
  /** Answers that came from something other than rules: a limit, missing evidence, a failing hook. */
  readonly outside: number;
  /** Those whose effect is another one. */
  readonly effectChanged: number;
  /** At most CHANGES_LIMIT that changed. */
  readonly changes: readonly ReplayedDecision[];
  /** True when there were more than REPLAY_LIMIT: the rest was not looked at. */
  readonly incomplete: boolean;
}

const PAGE = 500;
/** Decisions that one call replays. */
export const REPLAY_LIMIT = 100_000;
/** Changed decisions that are listed; the others are counted. */
export const CHANGES_LIMIT = 1_000;

/** Decides one recorded question again, by its own policy or with another file in the place of its layer. Throws DECISION_NOT_FOUND, DATABASE_CORRUPT, INVALID_POLICY. */
export async function replayDecision(deps: ReplayDeps, idText: string, named: NamedPolicy | null): Promise<ReplayedDecision> {
  const record = await deps.store.getDecision(await resolveDecisionId(deps.store, idText));
  return (await createReplayer(deps, named))(record);
}

/** Replays everything that the filter lets through, newest first. */
export async function replayDecisions(deps: ReplayDeps, filter: DecisionFilter, named: NamedPolicy | null): Promise<ReplayCounts> {
  const replayOne = await createReplayer(deps, named);
  const counts = { total: 0, same: 0, changed: 0, outside: 0, effectChanged: 0 };
  const changes: ReplayedDecision[] = [];
  for (let before: string | null = null; counts.total < REPLAY_LIMIT; ) {
    const records: readonly DecisionRecord[] = await deps.store.listDecisions(filter, { limit: PAGE, before });
    for (const record of records) {
      const replayed = await replayOne(record);
      counts.total += 1;
      counts[replayed.replay.verdict] += 1;
      if (replayed.replay.effectChanged && replayed.replay.verdict !== 'outside') counts.effectChanged += 1;
      if (isChange(replayed, named) && changes.length < CHANGES_LIMIT) changes.push(replayed);
    }
    before = records.at(-1)?.id ?? null;
    if (records.length < PAGE) return { ...counts, changes, incomplete: false };
  }
  return { ...counts, changes, incomplete: true };
}

/** By its own policy every byte has to be the same; by another one, the effect is what counts. */
function isChange({ replay: { verdict, effectChanged } }: ReplayedDecision, named: NamedPolicy | null): boolean {
  return verdict === 'changed' && (named === null || effectChanged);
}

async function createReplayer(deps: ReplayDeps, named: NamedPolicy | null): Promise<(record: DecisionRecord) => Promise<ReplayedDecision>> {
  const compile = await (await deps.policyFiles()).compiler();
  const layer = named === null ? null : (await parseNamedPolicy(deps, named)).layer;
  const policies = new BodyCache(deps, layer);
  return async (record) => {
    const [requestJson, policyJson] = await Promise.all([deps.store.getDecisionBody(record.input.sha256), policies.read(record)]);
    return { record, replay: replay({ record, requestJson, policyJson, compile, sha256: deps.sha256 }) };
  };
}

/** Many decisions share one policy. */
const CACHED_POLICIES = 16;

class BodyCache {
  private readonly deps: ReplayDeps;
  private readonly layer: PolicyLayer | null;
  private readonly known = new Map<string, string>();

  constructor(deps: ReplayDeps, layer: PolicyLayer | null) {
    this.deps = deps;
    this.layer = layer;
  }

  async read({ policy: { digest }, atMs }: DecisionRecord): Promise<string> {
    const known = this.known.get(digest);
    if (known !== undefined) return known;
    const own = await this.deps.store.getDecisionBody(digest);
    const text = this.layer === null ? own : canonicalJson(withLayer(readPolicy(own), this.layer, atMs));
    if (this.known.size >= CACHED_POLICIES) this.known.clear();
    this.known.set(digest, text);
    return text;
  }
}

export interface ExplainedDecision extends Explanation {
  readonly record: DecisionRecord;
}

/** Why a recorded decision is what it is: every rule of its own policy, with what did not fit. Throws DECISION_NOT_FOUND, DATABASE_CORRUPT. */
export async function explainRecord(deps: ReplayDeps, idText: string): Promise<ExplainedDecision> {
  const record = await deps.store.getDecision(await resolveDecisionId(deps.store, idText));
  const [requestJson, policyJson] = await Promise.all([deps.store.getDecisionBody(record.input.sha256), deps.store.getDecisionBody(record.policy.digest)]);
  const request = readRequest(requestJson);
  const compile = await (await deps.policyFiles()).compiler();
  return { record, ...explainDecision(compilePolicy(readPolicy(policyJson), compile, { sha256: deps.sha256, points: [request.point] }), request) };
}
