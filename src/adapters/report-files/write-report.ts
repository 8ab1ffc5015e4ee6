import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';

const NEW_FILE = 0o666;

/**
 * Writes a report: who reads it sees the old one or the new one, never a part. Folders on the way are made; a link is
 * followed; into a pipe or a device it is written as it comes. Relative names are relative to `cwd`. Throws READ_ONLY,
 * DISK_FULL, INVALID_INPUT.
 */
export async function writeReport(cwd: string, name: string, content: string): Promise<void> {
  const named = path.resolve(cwd, name);
  try {
    const file = await followed(named);
    const before = await stat(file).catch(() => null);
    if (before !== null && !before.isFile() && !before.isDirectory()) await writeFile(file, content);
    else await replace(file, content, before?.mode ?? NEW_FILE);
  } catch (error) {
    throw explained(error, name);
  }
}

async function followed(file: string): Promise<string> {
  const entry = await lstat(file).catch(() => null);
  return entry?.isSymbolicLink() === true ? realpath(file) : file;
}

async function replace(file: string, content: string, mode: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode & NEW_FILE);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const PROBLEMS: ReadonlyMap<string, { readonly code: ErrorCode; readonly why: string }> = new Map([
  ['ENOSPC', { code: 'DISK_FULL', why: 'the disk is full' }],
  ['EDQUOT', { code: 'DISK_FULL', why: 'your disk quota is used up' }],
  ['EACCES', { code: 'READ_ONLY', why: 'you may not write there' }],
  ['EPERM', { code: 'READ_ONLY', why: 'you may not write there' }],
  ['EROFS', { code: 'READ_ONLY', why: 'the file system is read-only' }],
  ['EISDIR', { code: 'INVALID_INPUT', why: 'it is a folder' }],
  ['ENOTDIR', { code: 'INVALID_INPUT', why: 'a part of its path is a file' }],
  ['EEXIST', { code: 'INVALID_INPUT', why: 'a part of its path is a file' }],
  ['ENOENT', { code: 'INVALID_INPUT', why: 'it is a link to nothing' }],
  ['ENAMETOOLONG', { code: 'INVALID_INPUT', why: 'its name is too long' }],
]);

function explained(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const problem = PROBLEMS.get(code);
  if (problem === undefined) return error;
  return new AiError({ code: problem.code, message: `The report ${file} was not written: ${problem.why}.`, hint: 'Name another file: --report FORMAT=FILE', details: { file }, cause: error });
}
