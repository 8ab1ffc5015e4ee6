import { AiError } from '../../../domain/kernel/errors.js';
import type { DecisionRecord } from '../../../domain/policy/decision-record.js';
import type { DecisionFilter } from '../../../ports/decision-store.js';
import { idRange } from '../database/id-range.js';
import type { Query, SqlReader, SqlValue } from '../database/statements.js';
import { intact } from './decision-bodies.js';

interface BodyRow {
  readonly id: string;
  readonly body: string;
  readonly body_sha256: string;
}

const COLUMNS = 'SELECT id, body, body_sha256 FROM decision';

const byId: Query<[id: string], BodyRow> = { sql: `${COLUMNS} WHERE id = ?` };
const placeOf: Query<[id: string], { readonly at: number; readonly seq: number }> = { sql: 'SELECT at, seq FROM decision WHERE id = ?' };
const idsInRange: Query<[from: string, to: string, limit: number], { readonly id: string }> = { sql: 'SELECT id FROM decision WHERE id >= ? AND id < ? ORDER BY id LIMIT ?' };

/** Throws DECISION_NOT_FOUND, DATABASE_CORRUPT. */
export function getDecision(sql: SqlReader, id: string): DecisionRecord {
  const row = sql.get(byId, id);
  if (row === undefined) throw decisionNotFound(id);
  return toRecord(row);
}

export function findDecisionIds(sql: SqlReader, prefix: string, limit: number): readonly string[] {
  return sql.all(idsInRange, ...idRange(prefix), limit).map((row) => row.id);
}

/** Newest first, by time. Walks the index that narrows most, from its end: the cost is that of the page. */
export function listDecisions(sql: SqlReader, filter: DecisionFilter, page: { readonly limit: number; readonly before: string | null }): readonly DecisionRecord[] {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  const where = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition);
    params.push(...values);
  };
  for (const column of ['task', 'run', 'point', 'effect'] as const) {
    const value = filter[column];
    if (value !== null) where(`${column} = ?`, value);
  }
  if (filter.sinceMs !== null) where('at >= ?', filter.sinceMs);
  if (page.before !== null) where('(at, seq) < (?, ?)', ...place(sql, page.before));
  const condition = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const list: Query<SqlValue[], BodyRow> = { sql: `${COLUMNS} INDEXED BY ${indexFor(filter)}${condition} ORDER BY at DESC, seq DESC LIMIT ?` };
  return sql.all(list, ...params, page.limit).map(toRecord);
}

/** Named, so that the choice depends on the question and never on the statistics of a database. */
function indexFor(filter: DecisionFilter): string {
  if (filter.run !== null) return 'decision_run';
  if (filter.task !== null) return 'decision_task';
  if (filter.point !== null) return filter.effect === null ? 'decision_point' : 'decision_point_effect';
  return filter.effect === null ? 'decision_at' : 'decision_effect';
}

function place(sql: SqlReader, id: string): [at: number, seq: number] {
  const row = sql.get(placeOf, id);
  if (row === undefined) throw decisionNotFound(id);
  return [row.at, row.seq];
}

function toRecord(row: BodyRow): DecisionRecord {
  return JSON.parse(intact(row.body, row.body_sha256, `The record ${row.id}`)) as DecisionRecord;
}

function decisionNotFound(id: string): AiError {
  return new AiError({ code: 'DECISION_NOT_FOUND', message: `There is no decision ${id}.`, hint: 'ai pdr list', details: { decision: id } });
}
