import type { Transaction } from '../database/connection.js';
import type { Query } from '../database/statements.js';

interface Repair {
  /** What was repaired; the number of rows is put before it. */
  readonly what: string;
  readonly sql: string;
}

const SATISFIED = `('review', 'done', 'skipped')`;
const OPEN = `(SELECT count(*) FROM dependency d JOIN task x ON x.num = d.dependency WHERE d.task = task.num AND x.status NOT IN ${SATISFIED})`;
const TOTAL = '((SELECT count(*) FROM subtask s WHERE s.task = task.num) + (SELECT count(*) FROM task c WHERE c.parent = task.num))';
const DONE = `((SELECT count(*) FROM subtask s WHERE s.task = task.num AND s.completed_at IS NOT NULL)
  + (SELECT count(*) FROM task c WHERE c.parent = task.num AND c.status IN ${SATISFIED}))`;

/** In this order: locks before the tasks that wait for them, dependencies before the statuses that follow. */
const REPAIRS: readonly Repair[] = [
  { what: 'left-over leases removed', sql: 'DELETE FROM lease WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.num = lease.task AND t.lease_token = lease.token)' },
  {
    what: 'ownerless path locks removed',
    sql: 'DELETE FROM path_lock WHERE token IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.task = path_lock.task AND l.token = path_lock.token)',
  },
  {
    what: 'counters of open dependencies corrected',
    sql: `UPDATE task SET open_dependencies = ${OPEN}, revision = revision + 1,
        parked_on = iif(${OPEN} > 0, NULL, parked_on), lock_wait_since = iif(${OPEN} > 0, NULL, lock_wait_since),
        status = CASE WHEN status = 'queued' AND ${OPEN} > 0 THEN 'blocked'
          WHEN status = 'blocked' AND blocked_reason IS NULL AND ${OPEN} = 0 THEN 'queued' ELSE status END
      WHERE open_dependencies <> ${OPEN}`,
  },
  { what: 'tasks that nothing blocks queued', sql: `UPDATE task SET status = 'queued', revision = revision + 1 WHERE status = 'blocked' AND open_dependencies = 0 AND blocked_reason IS NULL` },
  { what: 'ownerless reservations removed', sql: `DELETE FROM path_lock WHERE token IS NULL AND (SELECT lock_wait_since FROM task WHERE num = path_lock.task) IS NULL` },
  { what: 'tasks woken that waited for nothing', sql: 'UPDATE task SET parked_on = NULL WHERE parked_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM path_lock p WHERE p.task = task.parked_on)' },
  {
    what: 'counters of subtasks and children corrected',
    sql: `UPDATE task SET parts_total = ${TOTAL}, parts_done = ${DONE}, revision = revision + 1 WHERE parts_total <> ${TOTAL} OR parts_done <> ${DONE}`,
  },
  {
    what: 'counters of statuses corrected',
    sql: `UPDATE meta SET number = (SELECT count(*) FROM task t WHERE t.status = meta.name)
      WHERE name NOT IN ('fence', 'head') AND number <> (SELECT count(*) FROM task t WHERE t.status = meta.name)`,
  },
];

/** Recomputes what is derived from other rows; answers what was wrong. The repair itself is an event. */
export function repairDerived(transaction: Transaction): readonly string[] {
  const repaired: string[] = [];
  for (const { what, sql } of REPAIRS) {
    const query: Query<[]> = { sql };
    const rows = transaction.run(query);
    if (rows > 0) repaired.push(`${rows} ${what}`);
  }
  if (repaired.length > 0) transaction.append({ type: 'store.repaired', task: null, run: null, token: null, data: { repaired } });
  return repaired;
}
