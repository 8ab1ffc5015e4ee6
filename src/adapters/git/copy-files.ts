import { lstatSync, realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { sha256, type CopiedFile } from './records.js';

const MAX_COPY_BYTES = 256 * 1024 * 1024;

/**
 * Copies untracked files of the main working tree (`.env` and the like) into a fresh worktree. A file that does not
 * exist is passed over; one that the worktree already has is tracked, and stays. Throws WORKSPACE_FAILED for a path
 * that leads out of either tree, by its spelling or through a link, and for what is not a plain file.
 */
export async function copyFiles(files: readonly string[], from: string, to: string): Promise<readonly CopiedFile[]> {
  const copied: CopiedFile[] = [];
  for (const file of new Set(files.map(checkSpelling))) {
    const content = await readSource(from, file);
    const target = path.join(to, file);
    if (content === null || lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
    checkTarget(to, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content, { flag: 'wx', mode: lstatSync(path.join(from, file)).mode & 0o777 });
    copied.push({ path: file, sha256: sha256(content) });
  }
  return copied;
}

function checkSpelling(file: string): string {
  const parts = path.normalize(file).split(path.sep);
  if (file === '' || file.includes('\0') || path.isAbsolute(file) || parts.includes('..') || parts.some((part) => part.toLowerCase() === '.git')) throw refusal(file, 'it does not name a file inside of the repository');
  return path.normalize(file);
}

async function readSource(from: string, file: string): Promise<Buffer | null> {
  const source = path.join(from, file);
  const stats = lstatSync(source, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (realpathSync(path.dirname(source)) !== path.join(realpathSync(from), path.dirname(file))) throw refusal(file, 'a folder on the way to it is a symbolic link');
  if (!stats.isFile()) throw refusal(file, stats.isSymbolicLink() ? 'it is a symbolic link' : 'it is not a plain file');
  if (stats.size > MAX_COPY_BYTES) throw refusal(file, `it has more than ${MAX_COPY_BYTES} bytes`);
  return readFile(source);
}

/** A link that is in the commit could lead the copy out of the worktree: the deepest folder that exists decides. */
function checkTarget(to: string, file: string): void {
  let folder = path.dirname(path.join(to, file));
  while (lstatSync(folder, { throwIfNoEntry: false }) === undefined) folder = path.dirname(folder);
  if (realpathSync(folder) !== path.join(realpathSync(to), path.relative(to, folder))) throw refusal(file, 'a folder on the way to it is a symbolic link in the worktree');
}

function refusal(file: string, why: string): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `execution.copyFiles names ${JSON.stringify(file)}, which is not copied: ${why}.`, hint: 'Name single files of the repository in execution.copyFiles of .ai/config.yaml.', details: { file } });
}
