import { AiError } from '../../../domain/kernel/errors.js';
import type { LayerName } from '../../../domain/policy/layer.js';
import { ACTIVE_OVERRIDES_LIMIT, LISTED_OVERRIDES_LIMIT, type GivenOverride, type NewOverride, type OverrideStore } from '../../../ports/override-store.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';

interface OverrideRow {
  readonly id: string;
  readonly rule: string;
  readonly layer: LayerName;
  readonly reason: string;
  readonly source: string;
  readonly given_by: string;
  readonly agent: string | null;
  readonly task: string | null;
  readonly added_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
  readonly revoked_by: string | null;
}

type InsertParams = [id: string, rule: string, layer: string, reason: string, source: string, givenBy: string, agent: string | null, task: string | null, addedAt: number, expiresAt: number];

const COLUMNS = 'SELECT id, rule, layer, reason, source, given_by, agent, task, added_at, expires_at, revoked_at, revoked_by FROM policy_override';

const byId: Query<[id: string], OverrideRow> = { sql: `${COLUMNS} WHERE id = ?` };
const active: Query<[atMs: number, limit: number], OverrideRow> = { sql: `${COLUMNS} INDEXED BY policy_override_active WHERE revoked_at IS NULL AND expires_at > ? ORDER BY num DESC LIMIT ?` };
const newest: Query<[limit: number], OverrideRow> = { sql: `${COLUMNS} ORDER BY num DESC LIMIT ?` };
const countActive: Query<[atMs: number], { readonly active: number }> = { sql: 'SELECT count(*) AS active FROM policy_override INDEXED BY policy_override_active WHERE revoked_at IS NULL AND expires_at > ?' };
const insert: Query<InsertParams> = {
  sql: 'INSERT INTO policy_override(id, rule, layer, reason, source, given_by, agent, task, added_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
};
const revoke: Query<[revokedAt: number, by: string, id: string]> = { sql: 'UPDATE policy_override SET revoked_at = ?, revoked_by = ? WHERE id = ?' };

export function overrideStore(connection: Connection): OverrideStore {
  return {
    addOverride: async (override) => connection.write('override', (transaction) => add(transaction, override)),
    listOverrides: async ({ activeAtMs }) => connection.read((sql) => list(sql, activeAtMs)),
    revokeOverride: async (id, by) => connection.write('override', (transaction) => end(transaction, id, by)),
  };
}

function add(transaction: Transaction, override: NewOverride): GivenOverride {
  const { id, rule, layer, reason, at, by, scope, expiresAtMs } = override;
  const { wallMs } = transaction.now;
  if (transaction.get(byId, id) !== undefined) {
    throw new AiError({ code: 'ALREADY_EXISTS', message: `There is an override ${id} already; nothing was written.`, hint: 'Add it again with another id.', retryable: true, details: { override: id } });
  }
  if (expiresAtMs <= wallMs) {
    throw new AiError({ code: 'OVERRIDE_REFUSED', message: `The override of ${rule} would never be in force: it expires at ${new Date(expiresAtMs).toISOString()}, which is past.`, hint: 'Give a later time.', details: { rule, expiresAtMs } });
  }
  refuseTooMany(transaction, rule);
  transaction.run(insert, id, rule, layer, reason, at, by, scope.agent, scope.task, wallMs, expiresAtMs);
  transaction.append({ type: 'override.added', task: scope.task, run: null, token: null, data: { override: id, rule, layer, reason, by, expiresAtMs, scope } });
  return { ...override, addedAtMs: wallMs, revokedAtMs: null, revokedBy: null };
}

function refuseTooMany(transaction: Transaction, rule: string): void {
  const count = transaction.get(countActive, transaction.now.wallMs)?.active ?? 0;
  if (count < ACTIVE_OVERRIDES_LIMIT) return;
  throw new AiError({ code: 'OVERRIDE_REFUSED', message: `${count} overrides are in force, which is the most that can be; the one of ${rule} was not added.`, hint: 'Change the policy instead, or revoke some of them.', details: { rule, active: count } });
}

function list(sql: SqlReader, activeAtMs: number | null): readonly GivenOverride[] {
  const rows = activeAtMs === null ? sql.all(newest, LISTED_OVERRIDES_LIMIT) : sql.all(active, activeAtMs, ACTIVE_OVERRIDES_LIMIT);
  return rows.map(toOverride);
}

function end(transaction: Transaction, id: string, by: string): GivenOverride | undefined {
  const row = transaction.get(byId, id);
  if (row === undefined || row.revoked_at !== null) return row === undefined ? undefined : toOverride(row);
  const { wallMs } = transaction.now;
  transaction.run(revoke, wallMs, by, id);
  transaction.append({ type: 'override.revoked', task: row.task, run: null, token: null, data: { override: id, rule: row.rule, by } });
  return toOverride({ ...row, revoked_at: wallMs, revoked_by: by });
}

function toOverride(row: OverrideRow): GivenOverride {
  const { id, rule, layer, reason, source, agent, task } = row;
  return { id, rule, layer, reason, expiresAtMs: row.expires_at, by: row.given_by, at: source, scope: { agent, task }, addedAtMs: row.added_at, revokedAtMs: row.revoked_at, revokedBy: row.revoked_by };
}
