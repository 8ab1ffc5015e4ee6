import { assert } from '../../../domain/kernel/assert.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { CHECKPOINT_PAGE, type Checkpoint, type CheckpointStore, type MerkleFrontier } from '../../../ports/checkpoint-store.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';

interface FrontierRow {
  readonly size: number;
  readonly hashes: string;
}

const HASH = /^[0-9a-f]{64}$/;
const COLUMNS = 'SELECT size, root, note, at AS atMs, reason FROM checkpoint';

const atSize: Query<[size: number], { readonly root: string }> = { sql: 'SELECT root FROM checkpoint WHERE size = ?' };
const latest: Query<[], Checkpoint> = { sql: `${COLUMNS} ORDER BY size DESC LIMIT 1` };
const fromSize: Query<[size: number, limit: number], Checkpoint> = { sql: `${COLUMNS} WHERE size >= ? ORDER BY size LIMIT ?` };
const insert: Query<[size: number, root: string, note: string, at: number, reason: string]> = { sql: 'INSERT INTO checkpoint(size, root, note, at, reason) VALUES (?, ?, ?, ?, ?)' };
const readFrontier: Query<[], FrontierRow> = { sql: 'SELECT size, hashes FROM merkle_frontier WHERE one = 1' };
const writeFrontier: Query<[size: number, hashes: string]> = {
  sql: 'INSERT INTO merkle_frontier(one, size, hashes) VALUES (1, ?, ?) ON CONFLICT(one) DO UPDATE SET size = excluded.size, hashes = excluded.hashes',
};

export function checkpointStore(connection: Connection): CheckpointStore {
  return {
    addCheckpoint: async (checkpoint) => connection.write('checkpoint', (transaction) => add(transaction, checkpoint)),
    latestCheckpoint: async () => connection.read((sql) => sql.get(latest)),
    listCheckpoints: async (from) => connection.read((sql) => sql.all(fromSize, from, CHECKPOINT_PAGE)),
    frontier: async () => connection.read(frontier),
    saveFrontier: async (edge) => connection.write('frontier', (transaction) => save(transaction, edge)),
  };
}

function add(transaction: Transaction, checkpoint: Checkpoint): boolean {
  const { size, root, note, atMs, reason } = checkpoint;
  assert(HASH.test(root), 'a root is a SHA-256 in lower case hex');
  const known = transaction.get(atSize, size);
  if (known === undefined) return transaction.run(insert, size, root, note, atMs, reason) === 1;
  if (known.root === root) return false;
  throw new AiError({
    code: 'DATABASE_CORRUPT',
    message: `There is a checkpoint over the first ${size} events with another root: the record was changed since it was signed.`,
    hint: 'See where: ai audit verify',
    details: { size, signed: known.root, computed: root },
  });
}

function frontier(sql: SqlReader): MerkleFrontier | null {
  const row = sql.get(readFrontier);
  const hashes = row === undefined ? undefined : parseHashes(row.hashes);
  return row === undefined || hashes?.length !== peaksOf(row.size) ? null : { size: row.size, hashes };
}

function save(transaction: Transaction, edge: MerkleFrontier): void {
  assert(edge.hashes.length === peaksOf(edge.size) && edge.hashes.every((one) => HASH.test(one)), 'a frontier has one root for each complete subtree');
  transaction.run(writeFrontier, edge.size, JSON.stringify(edge.hashes));
}

/** Complete subtrees over so many leaves: the binary ones of the number. */
const peaksOf = (size: number): number => size.toString(2).replaceAll('0', '').length;

function parseHashes(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one): one is string => typeof one === 'string' && HASH.test(one)) ? value : undefined;
  } catch {
    return undefined; // Edited by somebody: computed again.
  }
}
