import type { RunId } from '../../../domain/kernel/ids.js';
import type { Run } from '../../../domain/run/run.js';
import type { RunStore } from '../../../ports/run-store.js';
import { liveRunsOf } from '../claims/grant.js';
import type { Connection } from '../database/connection.js';
import { idRange } from '../database/id-range.js';
import type { Query, SqlReader } from '../database/statements.js';
import { patchRun, runNotFound } from './run-patch.js';
import { SELECT_RUN, toRun, type RunRow } from './run-rows.js';

const runById: Query<[id: string], RunRow> = { sql: `${SELECT_RUN} WHERE r.id = ?` };
const runsOfTask: Query<[task: string, limit: number], RunRow> = { sql: `${SELECT_RUN} WHERE t.id = ? ORDER BY r.num DESC LIMIT ?` };
const latestOfTask: Query<[task: string], RunRow> = { sql: `${SELECT_RUN} WHERE t.id = ? ORDER BY r.num DESC LIMIT 1` };
const latestWithBranch: Query<[task: string], RunRow> = { sql: `${SELECT_RUN} WHERE t.id = ? AND r.branch IS NOT NULL ORDER BY r.num DESC LIMIT 1` };
const idsInRange: Query<[from: string, to: string, limit: number], { readonly id: RunId }> = { sql: 'SELECT id FROM run WHERE id >= ? AND id < ? ORDER BY num LIMIT ?' };
const liveRuns: Query<[], RunRow> = { sql: `${SELECT_RUN} WHERE r.num IN (SELECT num FROM run INDEXED BY run_live WHERE phase <> 'ended') ORDER BY r.num` };

export function runStore(connection: Connection): RunStore {
  return {
    getRun: async (id) => connection.read((sql) => getRun(sql, id)),
    listRuns: async (taskId, limit) => connection.read((sql) => sql.all(runsOfTask, taskId, limit).map(toRun)),
    findRunIds: async (prefix, limit) => connection.read((sql) => sql.all(idsInRange, ...idRange(prefix), limit).map((row) => row.id)),
    latestRun: async (taskId) => connection.read((sql) => findRun(sql, latestOfTask, taskId)),
    latestRunWithBranch: async (taskId) => connection.read((sql) => findRun(sql, latestWithBranch, taskId)),
    updateRun: async (id, patch, event) =>
      connection.write('run', (transaction) => {
        patchRun(transaction, id, patch);
        if (event !== null) transaction.append(event);
      }),
    countLiveRuns: async (agent) => connection.read((sql) => liveRunsOf(sql, agent)),
  };
}

/** Runs that have not ended, oldest first. */
export function listLiveRuns(sql: SqlReader): readonly Run[] {
  return sql.all(liveRuns).map(toRun);
}

function getRun(sql: SqlReader, id: string): Run {
  const row = sql.get(runById, id);
  if (row === undefined) throw runNotFound(id);
  return toRun(row);
}

function findRun(sql: SqlReader, query: Query<[task: string], RunRow>, taskId: string): Run | undefined {
  const row = sql.get(query, taskId);
  return row === undefined ? undefined : toRun(row);
}
