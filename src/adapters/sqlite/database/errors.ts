import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { AiError, isAiError, type ErrorCode } from '../../../domain/kernel/errors.js';

/** Less free space than this, and an I/O error is taken for a full disk. */
const FULL_BELOW_BYTES = 64 * 1024;

/** The extended result code of an error that SQLite reported, for example `SQLITE_BUSY_SNAPSHOT`. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}

/** Another process held the lock for longer than we waited; the same transaction may succeed later. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_PROTOCOL' || code.startsWith('SQLITE_LOCKED'));
}

/**
 * Puts what SQLite and the file system report into words and codes of ours. Anything that is not a
 * condition of the machine (a failed constraint, a wrong statement) is a bug of ours and stays as it is.
 */
export function databaseError(error: unknown, file: string): unknown {
  if (isAiError(error)) return error;
  const code = sqliteCode(error) ?? systemCode(error);
  const explanation = code === undefined ? undefined : explain(code, file);
  if (explanation === undefined) return error;
  return new AiError({ ...explanation, details: { file, sqlite: code }, cause: error });
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable?: boolean;
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && ['EROFS', 'ENOSPC', 'EACCES', 'EPERM'].includes(error.code) ? error.code : undefined;
}

type Explain = (file: string, code: string) => Explanation;

/** By the beginning of the code; the first that fits counts. */
const EXPLANATIONS: readonly (readonly [prefix: string, explain: Explain])[] = [
  ['SQLITE_BUSY', busy],
  ['SQLITE_LOCKED', busy],
  ['SQLITE_PROTOCOL', busy],
  ['SQLITE_FULL', full],
  ['ENOSPC', full],
  ['SQLITE_READONLY_DBMOVED', moved],
  ['SQLITE_READONLY', readOnly],
  ['EROFS', readOnly],
  ['EACCES', readOnly],
  ['EPERM', readOnly],
  ['SQLITE_CORRUPT', corrupt],
  ['SQLITE_NOTADB', corrupt],
  ['SQLITE_IOERR', (file, code) => (isDiskFull(file) ? full(file) : unavailable(file, code))],
  ['SQLITE_CANTOPEN', (file, code) => (isWritable(path.dirname(file)) ? unavailable(file, code) : readOnly(file))],
  ['SQLITE_PERM', unavailable],
];

function explain(code: string, file: string): Explanation | undefined {
  return EXPLANATIONS.find(([prefix]) => code.startsWith(prefix))?.[1](file, code);
}

function busy(file: string): Explanation {
  return {
    code: 'DATABASE_BUSY',
    message: `Other processes kept ${file} locked for too long; nothing was written.`,
    hint: 'Run the same command again. If that does not help, some program holds the file open in a transaction: end it.',
    retryable: true,
  };
}

function full(file: string): Explanation {
  return { code: 'DISK_FULL', message: `The disk that holds ${file} is full; nothing was written and nothing was lost.`, hint: 'Free some space, then run the same command again.', retryable: true };
}

function moved(file: string): Explanation {
  return { code: 'DATABASE_UNAVAILABLE', message: `${file} was moved or deleted while it was open; nothing was written.`, hint: 'Put the file back, or create a new one with: ai init' };
}

function readOnly(file: string): Explanation {
  return { code: 'READ_ONLY', message: `${file} can't be written: the file, its folder or its file system is read-only.`, hint: `Give yourself write access to ${path.dirname(file)}, then run the same command again.` };
}

function corrupt(file: string, code: string): Explanation {
  const what = code === 'SQLITE_NOTADB' ? 'is not an SQLite database' : 'is damaged';
  return {
    code: 'DATABASE_CORRUPT',
    message: `${file} ${what}.`,
    hint: `See what is left with: ai doctor. To recover: end every ai process, copy the folder ${path.dirname(file)}, then run \`sqlite3 state.db .recover | sqlite3 recovered.db\` in the copy, or put a backup in its place.`,
  };
}

function unavailable(file: string, code: string): Explanation {
  return { code: 'DATABASE_UNAVAILABLE', message: `${file} can't be opened or read (${code}).`, hint: `Check that ${path.dirname(file)} exists, belongs to you, and that its disk is sound; then: ai doctor` };
}

/** True also for a folder that is not there: that is another problem. */
function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

function isDiskFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize < FULL_BELOW_BYTES;
  } catch {
    return false; // The folder is gone or unreadable: that is not a full disk.
  }
}
