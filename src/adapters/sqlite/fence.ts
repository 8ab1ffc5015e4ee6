import type { FencingToken } from '../../domain/kernel/ids.js';
import { nextToken } from '../../domain/lease/lease.js';
import type { Transaction } from './connection.js';
import type { Query } from './statements.js';

interface FenceRow {
  readonly epoch: number;
  readonly counter: number;
  readonly boot_id: string;
}

const readFence: Query<[], FenceRow> = { sql: 'SELECT epoch, counter, boot_id FROM control' };
const writeFence: Query<[epoch: number, counter: number, bootId: string]> = { sql: 'UPDATE control SET epoch = ?, counter = ?, boot_id = ?' };

/**
 * Draws the next fencing token. The first one after a start of the machine begins a new epoch, so that a
 * counter that a power cut took back is never handed out twice.
 */
export function drawToken(transaction: Transaction): FencingToken {
  const row = transaction.get(readFence);
  if (row === undefined) throw new Error('invariant broken: the control row exists');
  const { bootId } = transaction.now;
  const last = row.boot_id === bootId ? row : { epoch: row.epoch + 1, counter: 0 };
  transaction.run(writeFence, last.epoch, last.counter + 1, bootId);
  return nextToken(last);
}
