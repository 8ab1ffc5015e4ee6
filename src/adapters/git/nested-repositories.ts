import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { joinBytePath, pathToText, type BytePath } from './byte-path.js';
import type { Git } from './git.js';
import { isLossless, listUntracked } from './hidden-files.js';
import type { Records } from './records.js';

const MAX_REPOSITORIES = 200;

export interface NestedOrder {
  readonly git: Git;
  readonly records: Records;
  readonly name: string;
  readonly workTree: string;
  readonly excludeFile: string;
  readonly folders: readonly BytePath[];
}

export interface NestedFiles {
  readonly files: readonly BytePath[];
  readonly hidden: readonly BytePath[];
}

/**
 * The files of repositories that stand in the working tree, and of those in them, by path from its root.
 * A `.git` folder that an agent makes thus hides nothing. Throws WORKSPACE_FAILED for a name that is not UTF-8,
 * because it can't be handed to git as a folder.
 */
export async function listNested(order: NestedOrder): Promise<NestedFiles> {
  const files: BytePath[] = [];
  const hidden: BytePath[] = [];
  const waiting = [...order.folders];
  for (let count = 0, folder = waiting.shift(); folder !== undefined; folder = waiting.shift(), count += 1) {
    if (count >= MAX_REPOSITORIES) throw tooMany(order.workTree);
    const listed = await listOne(order, folder);
    files.push(...listed.files);
    hidden.push(...listed.hidden);
    waiting.push(...listed.repositories);
  }
  return { files, hidden };
}

async function listOne(order: NestedOrder, folder: BytePath): Promise<NestedFiles & { readonly repositories: readonly BytePath[] }> {
  if (!isLossless(folder)) throw unspeakable(order.workTree, folder);
  // No index: nothing in there is tracked by us.
  const call = { git: order.git, workTree: path.join(order.workTree, pathToText(folder)), indexFile: order.records.temporaryFile(order.name) };
  const user = `--exclude-from=${order.excludeFile}`;
  const [visible, all] = await Promise.all([listUntracked(call, ['--exclude-per-directory=.gitignore', user]), listUntracked(call, [user])]);
  const seen = new Set(visible);
  const fromRoot = (file: BytePath): BytePath => joinBytePath(folder, file);
  return {
    files: visible.filter((file) => !file.endsWith('/')).map(fromRoot),
    repositories: visible.filter((file) => file.endsWith('/')).map((file) => fromRoot(file.slice(0, -1) as BytePath)),
    hidden: all.filter((file) => !seen.has(file)).map(fromRoot),
  };
}

function tooMany(workTree: string): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `There are more than ${MAX_REPOSITORIES} git repositories in ${workTree}.`, hint: `find '${workTree}' -name .git` });
}

function unspeakable(workTree: string, folder: BytePath): AiError {
  return new AiError({ code: 'WORKSPACE_FAILED', message: `${workTree} holds a git repository in a folder whose name is not UTF-8: ${pathToText(folder)}`, hint: 'Rename the folder, or remove the .git in it.' });
}
