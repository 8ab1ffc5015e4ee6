import type { AuditEvent } from '../../../domain/audit/event.js';

export interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly type: string;
  readonly task: string | null;
  readonly run: string | null;
  readonly token: number | null;
  readonly data: string;
  readonly prev: string;
  readonly hash: string;
}

/** Every query for events begins with this. */
export const SELECT_EVENT = 'SELECT seq, at, actor, type, task, run, token, data, prev, hash FROM event';

/** Throws a SyntaxError when the data is no JSON, which only tampering brings about. */
export function eventFromRow(row: EventRow): AuditEvent {
  const { seq, actor, type, task, run, token, prev, hash } = row;
  return { seq, atMs: row.at, actor, type, task, run, token, data: JSON.parse(row.data) as AuditEvent['data'], prev, hash };
}
