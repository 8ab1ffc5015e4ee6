import { hash } from 'node:crypto';
import { assert } from '../../../domain/kernel/assert.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';

const hasBody: Query<[sha256: string], { readonly one: 1 }> = { sql: 'SELECT 1 AS one FROM decision_body WHERE sha256 = ?' };
const insertBody: Query<[sha256: string, text: string]> = { sql: 'INSERT INTO decision_body(sha256, text) VALUES (?, ?)' };
const bodyText: Query<[sha256: string], { readonly text: string }> = { sql: 'SELECT text FROM decision_body WHERE sha256 = ?' };

/** SHA-256 of the text in UTF-8, in hex. */
export const digestOf = (text: string): string => hash('sha256', text);

/** Keeps a request or a policy, once. A text that is there already was checked when it came. */
export function keepBody(transaction: Transaction, sha256: string, text: string): void {
  if (transaction.get(hasBody, sha256) !== undefined) return;
  assert(digestOf(text) === sha256, 'a decision names its request and its policy by their digests');
  transaction.run(insertBody, sha256, text);
}

/** Throws DECISION_NOT_FOUND, DATABASE_CORRUPT. */
export function readBody(sql: SqlReader, sha256: string): string {
  const row = sql.get(bodyText, sha256);
  if (row === undefined) {
    throw new AiError({ code: 'DECISION_NOT_FOUND', message: `No decision has a request or a policy with the digest ${sha256}.`, hint: 'Take the digest from a record: ai pdr show ID --json', details: { sha256 } });
  }
  return intact(row.text, sha256, `The text that decisions name by the digest ${sha256}`);
}

/** The text, if it still has its digest. Throws DATABASE_CORRUPT. */
export function intact(text: string, sha256: string, what: string): string {
  if (digestOf(text) === sha256) return text;
  throw new AiError({ code: 'DATABASE_CORRUPT', message: `${what} was changed after it was written: it does not have its digest any more.`, hint: 'See what else was changed: ai audit verify', details: { sha256 } });
}
