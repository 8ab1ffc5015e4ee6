import { hash } from 'node:crypto';
import { CACHED_POLICIES, type PolicyCache } from '../../../ports/checkpoint-store.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';

const find: Query<[key: string], { readonly text: string; readonly sha256: string }> = { sql: 'SELECT text, sha256 FROM policy_revision WHERE key = ?' };
const remove: Query<[key: string]> = { sql: 'DELETE FROM policy_revision WHERE key = ?' };
const insert: Query<[key: string, text: string, sha256: string]> = { sql: 'INSERT INTO policy_revision(key, text, sha256) VALUES (?, ?, ?)' };
const forget: Query<[kept: number]> = { sql: 'DELETE FROM policy_revision WHERE num <= (SELECT num FROM policy_revision ORDER BY num DESC LIMIT 1 OFFSET ?)' };

export function policyCache(connection: Connection): PolicyCache {
  return {
    cachedPolicy: async (key) => connection.read((sql) => cached(sql, key)),
    cachePolicy: async (key, text) => connection.write('policy', (transaction) => keep(transaction, key, text)),
  };
}

function cached(sql: SqlReader, key: string): string | undefined {
  const row = sql.get(find, key);
  return row !== undefined && hash('sha256', row.text) === row.sha256 ? row.text : undefined;
}

function keep(transaction: Transaction, key: string, text: string): void {
  if (cached(transaction, key) === text) return;
  transaction.run(remove, key);
  transaction.run(insert, key, text, hash('sha256', text));
  transaction.run(forget, CACHED_POLICIES);
}
