import { AiError } from '../../domain/kernel/errors.js';
import { parseLine } from '../../domain/kernel/text.js';
import type { LockRequest } from '../../domain/lock/path-lock.js';
import { LEASE_LIMITS, type Lease } from '../../domain/lease/lease.js';
import { parseWords } from '../../domain/task/task-input.js';
import type { Task } from '../../domain/task/task.js';
import type { ClaimOutcome, ClaimRequest } from '../../ports/lease-store.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { AppDeps } from '../deps.js';
import type { ClaimGate } from '../policy/claim-gate.js';
import { claimGate, type GateDeps } from '../policy/gate.js';
import { refusedClaim } from './claim-refusal.js';
import { resolveTaskId } from './resolve-id.js';

export interface ClaimTaskInput {
  readonly id: string | null;
  readonly holder: string;
  readonly ttlMs: number | null;
  readonly capabilities: readonly string[];
  /** Wait this long for something to become claimable; 0 answers at once. */
  readonly waitMs: number;
}

export interface ClaimedTask {
  readonly task: Task;
  readonly lease: Lease;
  readonly locks: readonly LockRequest[];
}

export type ClaimDeps = GateDeps & Pick<AppDeps, 'timer' | 'settings'>;

const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 250;

/**
 * Takes a lease with its fencing token and path locks, or nothing. Throws NOTHING_CLAIMABLE,
 * NOT_CLAIMABLE, LEASE_HELD, PATH_LOCKED, POLICY_DENIED, APPROVAL_REQUIRED; PENDING when `waitMs` ran out.
 */
export async function claimTask(deps: ClaimDeps, input: ClaimTaskInput): Promise<ClaimedTask> {
  const id = input.id === null ? null : await resolveTaskId(deps.store, input.id);
  const request = claimRequest(deps, input);
  const gate = await claimGate(deps, request.holder);
  const until = deps.clock.now().monoMs + input.waitMs;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_POLL_MS)) {
    const seen = deps.store.changeCounter();
    const outcome = await tryClaim(deps, { id, request, gate });
    if (outcome.kind === 'granted') return outcome;
    const error = refusedClaim(outcome);
    if (input.waitMs === 0 || !mayBecomeClaimable(outcome)) throw error;
    if (deps.clock.now().monoMs >= until) throw pending(error, input.waitMs);
    await waitForChange(deps, { seen, until, pauseMs });
  }
}

interface Wanted {
  readonly id: TaskId | null;
  readonly request: ClaimRequest;
  readonly gate: ClaimGate | null;
}

async function tryClaim(deps: ClaimDeps, { id, request, gate }: Wanted): Promise<ClaimOutcome> {
  if (gate === null) return id === null ? deps.store.claimNext(request) : deps.store.claimTask(id, request);
  if (id === null) return claimNextAllowed(deps, request, gate);
  // Policy is asked about what could be claimed at all; what can't is refused for that reason.
  if ((await deps.store.explainClaim(id, request.capabilities)).length === 0) await gate.require(await deps.store.getTask(id));
  return deps.store.claimTask(id, request);
}

/** Tasks that one search looks at; those behind it are for the next one. */
const CANDIDATES = 64;

async function claimNextAllowed(deps: ClaimDeps, request: ClaimRequest, gate: ClaimGate): Promise<ClaimOutcome> {
  for (const id of await deps.store.listClaimable(CANDIDATES)) {
    if ((await deps.store.explainClaim(id, request.capabilities)).length > 0) continue;
    if (!(await gate.allows(await deps.store.getTask(id)))) continue;
    const outcome = await deps.store.claimTask(id, request);
    if (outcome.kind !== 'refused') return outcome;
  }
  return { kind: 'nothing_claimable', blockedByLocks: 0, withoutCapability: 0, refusedByPolicy: gate.refused };
}

function claimRequest(deps: ClaimDeps, input: ClaimTaskInput): ClaimRequest {
  const ttlMs = input.ttlMs ?? deps.settings.lease.ttlMs;
  if (ttlMs < LEASE_LIMITS.minTtlMs || ttlMs > LEASE_LIMITS.maxTtlMs) {
    throw new AiError({ code: 'INVALID_INPUT', message: `A lease lasts from ${LEASE_LIMITS.minTtlMs / 1000} second to 7 days, not ${ttlMs} ms.`, hint: '--ttl 10m' });
  }
  return { holder: parseLine(input.holder, { name: 'holder', max: 128 }), ttlMs, capabilities: parseWords(input.capabilities, 'capability'), run: null };
}

/** A finished task never becomes claimable by waiting; a held, locked or waiting one may. */
function mayBecomeClaimable(outcome: ClaimOutcome): boolean {
  if (outcome.kind !== 'refused') return true;
  return outcome.obstacle.kind !== 'capabilities' && !(outcome.obstacle.kind === 'status' && ['done', 'cancelled', 'skipped', 'failed', 'review'].includes(outcome.obstacle.status));
}

/** Looks again when the board changed, or after a while: a due time or an expiry is no change. */
async function waitForChange(deps: ClaimDeps, wait: { readonly seen: number; readonly until: number; readonly pauseMs: number }): Promise<void> {
  const recheck = deps.clock.now().monoMs + 1_000;
  while (deps.store.changeCounter() === wait.seen) {
    const now = deps.clock.now().monoMs;
    if (now >= wait.until || now >= recheck) return;
    await deps.timer.sleep(Math.min(wait.pauseMs, wait.until - now));
  }
}

function pending(cause: AiError, waitMs: number): AiError {
  return new AiError({ code: 'PENDING', message: `Nothing was claimed within ${waitMs} ms: ${cause.message}`, hint: cause.hint, retryable: true, details: cause.details, cause });
}
