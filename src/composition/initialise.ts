import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_SETTINGS_FILE } from '../adapters/settings-files/default-file.js';
import { AiError } from '../domain/kernel/errors.js';
import { controlPlanePaths, type ControlPlanePaths } from './paths.js';

const IGNORED = `# What ai keeps for this working copy alone. Everything else in this folder is meant to be committed.
/state.db*
/runs/
/run/
/worktrees/
/snapshots/
/backups/
`;

export interface Written<T> {
  /** Paths relative to the root, in the order they were made; empty when everything was there. */
  readonly created: readonly string[];
  readonly result: T;
}

/**
 * Makes `.ai/` with its files, then the database. Leaves what is there as it is. When any step fails,
 * what this call made is taken away again. Throws READ_ONLY, DISK_FULL, and what `openDatabase` throws.
 */
export async function writeControlPlane<T>(root: string, openDatabase: () => Promise<T>): Promise<Written<T>> {
  const paths = controlPlanePaths(root);
  const created: string[] = [];
  const hadFolder = existsSync(paths.aiFolder);
  try {
    mkdirSync(paths.aiFolder, { recursive: true });
    for (const [file, content] of files(paths)) if (writeNew(file, content)) created.push(file);
    const hadDatabase = existsSync(paths.database);
    const result = await openDatabase();
    if (!hadDatabase) created.push(paths.database);
    return { created: created.map((file) => path.relative(root, file)), result };
  } catch (error) {
    takeBack(paths, { created, hadFolder });
    throw asAiError(error, paths.aiFolder);
  }
}

function files(paths: ControlPlanePaths): readonly (readonly [file: string, content: string])[] {
  return [
    [paths.ignoreFile, IGNORED],
    [paths.settingsFile, DEFAULT_SETTINGS_FILE],
  ];
}

/** Not when there is a database with something in it: then another `ai init` of this moment has succeeded and needs the files. */
function takeBack(paths: ControlPlanePaths, made: { readonly created: readonly string[]; readonly hadFolder: boolean }): void {
  const database = existsSync(paths.database) ? statSync(paths.database) : undefined;
  if ((database?.isFile() === true && database.size > 0) || existsSync(`${paths.database}-wal`)) return;
  for (const file of made.created) rmSync(file, { force: true });
  if (!made.hadFolder) rmSync(paths.aiFolder, { recursive: true, force: true });
}

/** Answers whether it was written by this call; two `ai init` at once do not overwrite each other. */
function writeNew(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function asAiError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new AiError({ code: 'READ_ONLY', message: `${folder} can't be written; nothing was changed.`, hint: `Give yourself write access to ${path.dirname(folder)}, then: ai init`, details: { folder }, cause: error });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AiError({ code: 'DISK_FULL', message: `The disk that holds ${folder} is full; nothing was changed.`, hint: 'Free some space, then: ai init', retryable: true, details: { folder }, cause: error });
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new AiError({ code: 'INVALID_INPUT', message: `${folder} is a file; ai keeps its state in a folder of that name.`, hint: `Move ${folder} away, then: ai init`, cause: error });
  }
  return error;
}
