import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';

/**
 * Copies untracked files into a fresh workspace. One that does not exist is left out, and one that the base
 * brings along is not overwritten. Answers what was copied. Throws WORKSPACE_FAILED for a path that leads out of either folder.
 */
export async function copyFilesInto(workspace: string, root: string, files: readonly string[]): Promise<string[]> {
  const copied: string[] = [];
  for (const file of files) {
    const relative = plainRelativePath(file);
    if (await copyOne(workspace, root, relative)) copied.push(relative);
  }
  return copied;
}

function plainRelativePath(file: string): string {
  const relative = path.posix.normalize(file);
  const parts = relative.split('/');
  if (path.isAbsolute(file) || file.includes('\0') || parts.includes('..') || relative === '.' || parts.some((part) => part.toLowerCase() === '.git')) {
    throw refused(file, 'is not a path of a file inside of the project');
  }
  return relative;
}

async function copyOne(workspace: string, root: string, relative: string): Promise<boolean> {
  const source = path.join(root, relative);
  const stats = await lstat(source).catch(() => null);
  if (stats === null) return false;
  if (!stats.isFile()) throw refused(relative, 'is not a regular file');
  const target = path.join(workspace, relative);
  await requireInside(root, path.dirname(source), relative);
  await mkdirInside(workspace, path.dirname(relative), relative);
  await requireInside(workspace, path.dirname(target), relative);
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw refused(relative, 'could not be copied', error);
  }
}

/** One level at a time: a symbolic link in the base must not lead the new folder elsewhere. */
async function mkdirInside(workspace: string, folder: string, relative: string): Promise<void> {
  let current = workspace;
  for (const part of folder.split('/').filter((name) => name !== '.')) {
    current = path.join(current, part);
    await mkdir(current).catch(() => undefined);
    await requireInside(workspace, current, relative);
  }
}

async function requireInside(top: string, folder: string, relative: string): Promise<void> {
  const [realTop, realFolder] = await Promise.all([realpath(top), realpath(folder).catch(() => '')]);
  if (realFolder !== realTop && !realFolder.startsWith(`${realTop}${path.sep}`)) throw refused(relative, 'leads out of the project through a symbolic link');
}

function refused(file: string, why: string, cause?: unknown): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `execution.copyFiles: ${quote(file)} ${why}.`, hint: 'Mend execution.copyFiles in .ai/config.yaml.', details: { file }, cause });
}
