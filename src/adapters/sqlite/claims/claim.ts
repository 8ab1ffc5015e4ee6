import type { TaskId } from '../../../domain/kernel/ids.js';
import type { ClaimOutcome, ClaimRequest } from '../../../ports/lease-store.js';
import { refuseOverBudget } from '../budgets/reserve-budget.js';
import type { Connection, Transaction } from '../database/connection.js';
import { getState, loadTask } from '../tasks/task-queries.js';
import type { StateRow } from '../tasks/task-rows.js';
import { SEARCH_START, searchStep } from './claim-search.js';
import { grant, refuseBusyAgent } from './grant.js';
import type { FoundConflict, WantedLock } from './lock-conflicts.js';
import { claimObstacles } from './obstacles.js';
import { blockingLock, lapseReservations, locksWanted, passOver } from './parking.js';

/** Transactions of one search; at most 256 tasks are parked, or 2,000 looked at, in each. */
const MAX_SEARCH_TRANSACTIONS = 20_000;

export async function claimNext(connection: Connection, request: ClaimRequest): Promise<ClaimOutcome> {
  let cursor = SEARCH_START;
  for (let count = 0; count < MAX_SEARCH_TRANSACTIONS; count += 1) {
    const from = cursor;
    const step = await connection.write('claim', (transaction) => searchStep(transaction, request, from));
    if (step.kind === 'answered') return step.outcome;
    cursor = step.cursor;
  }
  return { kind: 'nothing_claimable', blockedByLocks: 0, withoutCapability: cursor.withoutCapability };
}

export async function claimTask(connection: Connection, id: TaskId, request: ClaimRequest): Promise<ClaimOutcome> {
  return connection.write('claim', (transaction) => claimOne(transaction, id, request));
}

function claimOne(transaction: Transaction, id: TaskId, request: ClaimRequest): ClaimOutcome {
  const row = getState(transaction, id);
  const [obstacle] = claimObstacles(transaction, row, { capabilities: request.capabilities, now: transaction.now });
  const locks = locksWanted(transaction, row.num);
  if (obstacle === undefined || (obstacle.kind === 'locks' && !isPassedOver(transaction, row, locks))) {
    return refuseBusyAgent(transaction, request.run) ?? refuseOverBudget(transaction, request.budget) ?? grant(transaction, row, { request, locks });
  }
  return { kind: 'refused', task: loadTask(transaction, row.num), obstacle };
}

/** False when what stood in the way was a reservation that nobody has used. */
function isPassedOver(transaction: Transaction, row: StateRow, wanted: readonly WantedLock[]): boolean {
  const search = (): FoundConflict | undefined => blockingLock(transaction, row, wanted);
  const first = search();
  const block = first?.standing.token === null && lapseReservations(transaction) > 0 ? search() : first;
  if (block === undefined) return false;
  passOver(transaction, row, { by: block.standing.task, wanted });
  return true;
}
