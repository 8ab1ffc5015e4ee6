import type { FencingToken } from '../../../domain/kernel/ids.js';
import { nextToken } from '../../../domain/lease/lease.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';

const advance: Query<[bootId: string, again: string, stored: string], { readonly epoch: number; readonly counter: number }> = {
  sql: `UPDATE control SET epoch = iif(boot_id = ?, epoch, epoch + 1), counter = iif(boot_id = ?, counter + 1, 1), boot_id = ?
    RETURNING epoch, counter`,
};

/**
 * Draws the next fencing token. The first one after a start of the machine begins a new epoch, so that a
 * counter that a power cut took back is never handed out twice.
 */
export function drawToken(transaction: Transaction): FencingToken {
  const { bootId } = transaction.now;
  const drawn = transaction.get(advance, bootId, bootId, bootId);
  if (drawn === undefined) throw new Error('invariant broken: the control row exists');
  return nextToken({ epoch: drawn.epoch, counter: drawn.counter - 1 });
}
