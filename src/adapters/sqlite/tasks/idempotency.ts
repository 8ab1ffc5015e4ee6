import type { Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';

type Kind = 'task' | 'subtask';

interface Known {
  readonly ids: readonly string[];
  readonly inputDigest: string;
}

const find: Query<[kind: string, key: string], { readonly ids: string; readonly input_digest: string }> = { sql: 'SELECT ids, input_digest FROM idempotency WHERE kind = ? AND key = ?' };
const insert: Query<[kind: string, key: string, ids: string, inputDigest: string, createdAt: number]> = {
  sql: 'INSERT INTO idempotency(kind, key, ids, input_digest, created_at) VALUES (?, ?, ?, ?, ?)',
};

/** What an earlier call with the same key has made. */
export function findKnown(sql: SqlReader, kind: Kind, key: string | null): Known | undefined {
  const row = key === null ? undefined : sql.get(find, kind, key);
  return row === undefined ? undefined : { ids: JSON.parse(row.ids) as string[], inputDigest: row.input_digest };
}

export function remember(transaction: Transaction, call: { readonly kind: Kind; readonly key: string | null; readonly ids: readonly string[]; readonly inputDigest: string }): void {
  if (call.key === null) return;
  transaction.run(insert, call.kind, call.key, JSON.stringify(call.ids), call.inputDigest, transaction.now.wallMs);
}
