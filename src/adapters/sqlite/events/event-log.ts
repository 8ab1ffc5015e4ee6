import type { AuditEvent } from '../../../domain/audit/event.js';
import type { EventFilter, EventLog } from '../../../ports/event-log.js';
import type { Connection } from '../database/connection.js';
import type { Query, Statements, SqlValue } from '../database/statements.js';
import { eventFromRow, SELECT_EVENT, type EventRow } from './event-rows.js';
import { verifyChain } from './verify-chain.js';

const head: Query<[], { readonly seq: number }> = { sql: `SELECT number AS seq FROM meta WHERE name = 'head'` };
const dataVersion: Query<[], { readonly data_version: number }> = { sql: 'PRAGMA data_version' };

export function eventLog(connection: Connection): EventLog {
  const { statements } = connection;
  return {
    listEvents: async (filter, limit) => connection.read(() => selectEvents(statements, filter, { order: 'ASC', limit })),
    listLatestEvents: async (filter, limit) => connection.read(() => selectEvents(statements, filter, { order: 'DESC', limit })),
    headSeq: async () => connection.read((sql) => sql.get(head)?.seq ?? 0),
    hasWritten: () => connection.ownCommits > 0,
    verifyChain: async (visit) => verifyChain(connection, visit),
    // Both grow only, so the sum changes with every commit of anybody.
    changeCounter: () => connection.ownCommits + (statements.get(dataVersion)?.data_version ?? 0),
  };
}

function selectEvents(statements: Statements, filter: EventFilter, how: { readonly order: 'ASC' | 'DESC'; readonly limit: number }): readonly AuditEvent[] {
  const conditions = ['seq > ?'];
  const params: SqlValue[] = [filter.sinceSeq];
  if (filter.task !== null) conditions.push('task = ?');
  if (filter.task !== null) params.push(filter.task);
  if (filter.run !== null) conditions.push('run = ?');
  if (filter.run !== null) params.push(filter.run);
  if (filter.types.length > 0) conditions.push('type IN (SELECT value FROM json_each(?))');
  if (filter.types.length > 0) params.push(JSON.stringify(filter.types));
  const sql: Query<SqlValue[], EventRow> = { sql: `${SELECT_EVENT} WHERE ${conditions.join(' AND ')} ORDER BY seq ${how.order} LIMIT ?` };
  return statements.all(sql, ...params, how.limit).map(eventFromRow);
}
