import { randomBytes } from 'node:crypto';
import { chmod, copyFile, link, lstat, mkdir, open, readlink, rename, rm, symlink } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';
import { HOOK_NAMES, type GitHooks, type HookFile, type HookName, type HooksPlace } from '../../ports/git-hooks.js';
import { findManager } from './find-manager.js';
import { findFolders, type HooksDeps } from './hooks-place.js';
import { readSmallFile } from './small-file.js';

const EXECUTABLE = 0o755;
const KEPT = '.before-ai';

export function createGitHooks(deps: HooksDeps): GitHooks {
  return {
    inspect: () => inspect(deps),
    write: (hook, text, { keep }) => explaining(hook.file, () => writeHook(hook, text, keep)),
    restore: (hook) => explaining(hook.file, () => restoreHook(hook)),
  };
}

async function inspect(deps: HooksDeps): Promise<HooksPlace> {
  const folders = await findFolders(deps);
  const hooks = await Promise.all(HOOK_NAMES.map((name) => readHook(folders.hooks, name)));
  // A kept hook counts too: what was kept may be the manager's.
  const scripts = await Promise.all(hooks.flatMap(({ file, keptFile }) => [readSmallFile(file), readSmallFile(keptFile)]));
  const manager = await findManager(folders, scripts.filter((text) => text !== null));
  return { top: folders.top, folder: folders.hooks, belongsTo: folders.belongsTo, hooks, manager };
}

async function readHook(folder: string, name: HookName): Promise<HookFile> {
  const file = path.join(folder, name);
  const keptFile = `${file}${KEPT}`;
  const [entry, kept] = await Promise.all([look(file), look(keptFile)]);
  const kind = entry === null ? 'absent' : entry.isSymbolicLink() ? 'link' : entry.isFile() ? 'file' : 'other';
  return { name, file, kind, text: kind === 'file' ? await readSmallFile(file) : null, keptFile, kept: kept !== null };
}

async function look(file: string): Promise<Awaited<ReturnType<typeof lstat>> | null> {
  try {
    return await lstat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** In this order a kill in between leaves either the old hook or the new one in force, never none. */
async function writeHook(hook: HookFile, text: string, keep: boolean): Promise<void> {
  await mkdir(path.dirname(hook.file), { recursive: true });
  const temporary = `${hook.file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', EXECUTABLE);
    try {
      await handle.writeFile(text);
      // The umask may have taken the right to run it.
      await handle.chmod(EXECUTABLE);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (keep) await keepBeside(hook);
    await rename(temporary, hook.file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The same file under a second name: content, mode and times stay as they are. A link is kept as a link. */
async function keepBeside({ file, keptFile }: HookFile): Promise<void> {
  const entry = await lstat(file);
  if (entry.isSymbolicLink()) {
    await symlink(await readlink(file), keptFile);
    return;
  }
  try {
    await link(file, keptFile);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'].includes(codeOf(error))) throw error;
    // A file system without hard links.
    await copyFile(file, keptFile, constants.COPYFILE_EXCL);
    await chmod(keptFile, entry.mode);
  }
}

async function restoreHook({ file, keptFile, kept }: HookFile): Promise<void> {
  if (kept) await rename(keptFile, file);
  else await rm(file, { force: true });
}

const PROBLEMS: ReadonlyMap<string, { readonly code: ErrorCode; readonly why: string }> = new Map([
  ['ENOSPC', { code: 'DISK_FULL', why: 'the disk is full' }],
  ['EDQUOT', { code: 'DISK_FULL', why: 'your disk quota is used up' }],
  ['EACCES', { code: 'READ_ONLY', why: 'you may not write there' }],
  ['EPERM', { code: 'READ_ONLY', why: 'you may not write there' }],
  ['EROFS', { code: 'READ_ONLY', why: 'the file system is read-only' }],
  ['ENOTDIR', { code: 'INVALID_INPUT', why: 'the folder of the hooks is a file' }],
  ['EEXIST', { code: 'ALREADY_EXISTS', why: 'another hook is kept beside it already' }],
]);

async function explaining(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problem = PROBLEMS.get(codeOf(error));
    if (problem === undefined) throw error;
    throw new AiError({ code: problem.code, message: `The hook ${file} can't be changed: ${problem.why}.`, hint: 'git rev-parse --git-path hooks   tells where git looks for hooks', details: { file }, cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
