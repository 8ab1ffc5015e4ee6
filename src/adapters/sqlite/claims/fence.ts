import type { FencingToken } from '../../../domain/kernel/ids.js';
import { nextToken } from '../../../domain/lease/lease.js';
import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';

const EPOCH = 2 ** 32;

const readFence: Query<[], { readonly token: number; readonly bootId: string }> = { sql: `SELECT number AS token, text AS bootId FROM meta WHERE name = 'fence'` };
const writeFence: Query<[token: number, bootId: string]> = { sql: `UPDATE meta SET number = ?, text = ? WHERE name = 'fence'` };

/**
 * Draws the next fencing token. The first one after a start of the machine begins a new epoch, so that a
 * counter that a power cut took back is never handed out twice.
 */
export function drawToken(transaction: Transaction): FencingToken {
  const last = transaction.get(readFence);
  if (last === undefined) throw new Error('invariant broken: the fence exists');
  const { bootId } = transaction.now;
  const epoch = Math.floor(last.token / EPOCH);
  const token = nextToken(last.bootId === bootId ? { epoch, counter: last.token % EPOCH } : { epoch: epoch + 1, counter: 0 });
  transaction.run(writeFence, token, bootId);
  return token;
}
