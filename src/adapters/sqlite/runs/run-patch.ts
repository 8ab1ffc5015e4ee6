import { AiError } from '../../../domain/kernel/errors.js';
import type { RunId } from '../../../domain/kernel/ids.js';
import type { RunPatch } from '../../../domain/run/run-patch.js';
import type { Transaction } from '../database/connection.js';
import type { SqlValue } from '../database/statements.js';

interface Column {
  readonly name: string;
  readonly json: boolean;
}

const plain = (name: string): Column => ({ name, json: false });
const json = (name: string): Column => ({ name, json: true });

/** Total: a field that the domain adds does not compile without a column here. */
const COLUMNS: Readonly<Record<keyof RunPatch, Column>> = {
  phase: plain('phase'),
  supervisor: json('supervisor'),
  process: json('process'),
  workspace: plain('workspace'),
  branch: plain('branch'),
  base: plain('base'),
  head: plain('head'),
  outcome: plain('outcome'),
  errorClass: plain('error_class'),
  errorMessage: plain('error_message'),
  exitCode: plain('exit_code'),
  signal: plain('signal'),
  sessionRef: plain('session_ref'),
  changedFiles: json('changed_files'),
  outsideScope: json('outside_scope'),
  checks: json('checks'),
  usage: json('usage'),
  evidence: json('evidence'),
  lastActivityAtMs: plain('last_activity_at'),
  finishedAtMs: plain('finished_at'),
  landedCommit: plain('landed_commit'),
};

/** Writes the fields that the patch names. Throws RUN_NOT_FOUND. */
export function patchRun(transaction: Transaction, id: RunId, patch: RunPatch): void {
  const names: string[] = [];
  const values: SqlValue[] = [];
  for (const [field, column] of Object.entries(COLUMNS)) {
    const value: unknown = patch[field as keyof RunPatch];
    if (value === undefined) continue;
    names.push(`${column.name} = ?`);
    values.push(stored(value, column));
  }
  const sql = `UPDATE run SET ${names.length === 0 ? 'phase = phase' : names.join(', ')} WHERE id = ?`;
  if (transaction.run({ sql }, ...values, id) === 0) throw runNotFound(id);
}

function stored(value: unknown, column: Column): SqlValue {
  if (value === null) return null;
  return column.json ? JSON.stringify(value) : (value as string | number);
}

export function runNotFound(id: string): AiError {
  return new AiError({ code: 'RUN_NOT_FOUND', message: `There is no run ${id}.`, hint: 'ai task timeline ID', details: { run: id } });
}
