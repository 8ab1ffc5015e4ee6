import { AiError } from '../../../domain/kernel/errors.js';
import type { Query, SqlReader } from '../database/statements.js';
import type { StateRow } from '../tasks/task-rows.js';
import { SELECT_LEASE, type LeaseRow } from './lease-rows.js';

const leaseOf: Query<[task: number], LeaseRow> = { sql: `${SELECT_LEASE} WHERE l.task = ?` };

/** LEASE_STALE, with who holds the task now or what has become of it. */
export function staleLease(sql: SqlReader, row: StateRow, token: number): AiError {
  const lease = sql.get(leaseOf, row.num);
  const now = lease === undefined ? `nobody holds it now, it is ${row.status}` : `${lease.holder} holds it now under token ${lease.token} until ${new Date(lease.expires_at).toISOString()}`;
  return new AiError({
    code: 'LEASE_STALE',
    message: `Token ${token} is not the lease of ${row.id} any more: ${now}. Nothing was changed.`,
    hint: lease === undefined && row.status === 'queued' ? `ai task claim ${row.id} --as WHO` : `ai task show ${row.id}`,
    details: { task: row.id, token, status: row.status, holder: lease?.holder ?? null, currentToken: lease?.token ?? null },
  });
}
