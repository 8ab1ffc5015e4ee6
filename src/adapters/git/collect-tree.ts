import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { outputLines, parseGitPath, pathToText, quoteGitPath, type BytePath } from './byte-path.js';
import type { Git } from './git.js';
import { listUntracked, readWorkTree, summariseHidden, UnreadableFiles, untrackedByBaseRules, type WorkTreeCall } from './hidden-files.js';
import { makeReadable } from './make-readable.js';
import { listNested } from './nested-repositories.js';
import { sha256, type CopiedFile, type Records } from './records.js';
import { parseIndexDifferences } from './tree-changes.js';
import { statsAt } from './work-tree-files.js';

export interface CollectOrder {
  readonly git: Git;
  readonly records: Records;
  /** Of the workspace; its trusted index spares reading unchanged files. */
  readonly name: string;
  readonly workTree: string;
  /** What the index holds to begin with: a commit or tree, null for nothing. */
  readonly base: string | null;
  readonly excludeFile: string;
  /** An index that others write. It is asked only for more files to look at: those that are tracked although they are ignored. */
  readonly foreignIndex: string;
  /** False when only the tree matters: then hidden files are not looked for. */
  readonly withHidden?: boolean;
  /** Told where the index of the collected tree is, as long as it exists. */
  readonly onIndex?: (indexFile: string, tree: string) => Promise<void>;
}

export interface CollectedTree {
  readonly tree: string;
  /** Files that only ignore rules of the agent's own keep out of the tree. */
  readonly hidden: readonly string[];
}

/**
 * Writes what a folder holds as a tree: tracked files, untracked ones that are not ignored, repositories inside of it
 * as plain files. Neither the folder's `.git` nor its index is looked at, and no program runs but git itself:
 * `git add` would ask every submodule for its state, and so run what the submodule's own configuration names.
 * Throws WORKSPACE_FAILED, GIT_FAILED, DISK_FULL.
 */
export async function collectTree(order: CollectOrder): Promise<CollectedTree> {
  try {
    return await collectOnce(order);
  } catch (error) {
    if (!(error instanceof UnreadableFiles)) throw error;
    await makeReadable(order.workTree);
    return await collectAgain(order);
  }
}

async function collectAgain(order: CollectOrder): Promise<CollectedTree> {
  try {
    return await collectOnce(order);
  } catch (error) {
    if (!(error instanceof UnreadableFiles)) throw error;
    throw new AiError({ code: 'WORKSPACE_FAILED', message: `Files in ${order.workTree} can't be read: ${error.message}`, hint: `ls -lR '${order.workTree}'`, cause: error });
  }
}

async function collectOnce(order: CollectOrder): Promise<CollectedTree> {
  const trusted = await order.records.copyIndex(order.name);
  const indexFile = trusted?.file ?? (await readTree(order));
  try {
    const rules = order.base === null || order.withHidden === false ? Promise.resolve([]) : untrackedByBaseRules({ ...order, indexFile: await rulesIndex(order, { indexFile, holds: trusted?.checkedOut ?? order.base }) });
    const [found, byBaseRules] = await Promise.all([recordFiles(order, indexFile), rules]);
    await order.onIndex?.(indexFile, found.tree);
    const seen = new Set(found.untracked);
    return { tree: found.tree, hidden: summariseHidden([...byBaseRules.filter((file) => !seen.has(file)), ...found.hidden]) };
  } finally {
    await rm(indexFile, { force: true });
  }
}

/** The rules are those of the base, also when the work of an earlier attempt was checked out. */
async function rulesIndex(order: CollectOrder, has: { readonly indexFile: string; readonly holds: string }): Promise<string> {
  if (has.holds !== order.base) return readTree(order);
  const copy = order.records.temporaryFile(order.name);
  await copyFile(has.indexFile, copy);
  return copy;
}

async function readTree({ git, records, name, base }: CollectOrder): Promise<string> {
  const indexFile = records.temporaryFile(name);
  await git.output(['read-tree', base ?? '--empty'], { indexFile });
  return indexFile;
}

interface RecordedFiles {
  readonly tree: string;
  /** As git listed them, for comparison with another list. */
  readonly untracked: readonly BytePath[];
  readonly hidden: readonly BytePath[];
}

async function recordFiles(order: CollectOrder, indexFile: string): Promise<RecordedFiles> {
  const { git, workTree, excludeFile } = order;
  const call = { git, workTree, indexFile };
  const rules = ['--exclude-per-directory=.gitignore', `--exclude-from=${excludeFile}`];
  const [differences, untracked, tracked] = await Promise.all([readWorkTree(call, ['diff-files', '--raw', '--no-abbrev', '--ignore-submodules=dirty']), listUntracked(call, rules), trackedThoughIgnored(order, rules)]);
  const copied = await unchangedCopies(order);
  const sorted = sortFiles(workTree, { differences, untracked: [...untracked.filter((file) => !copied.has(file)), ...tracked] });
  const submodules = await addSubmodules(call, sorted.repositories);
  const nested = await listNested({ ...order, folders: sorted.repositories.filter((folder) => !submodules.has(folder)) });
  await updateIndex(call, { remove: sorted.remove, add: [...sorted.add, ...nested.files] });
  return { tree: (await git.output(['write-tree', '--missing-ok'], { indexFile })).trim(), untracked, hidden: nested.hidden };
}

/** An index that is missing or broken adds nothing, and hides nothing. */
async function trackedThoughIgnored({ git, workTree, foreignIndex }: CollectOrder, rules: readonly string[]): Promise<readonly BytePath[]> {
  const result = await git.attempt(['ls-files', '--cached', '--ignored', ...rules], { workTree, indexFile: foreignIndex });
  return result.exitCode === 0 ? outputLines(result.stdout).map(parseGitPath).filter((file) => isRecordable(statsAt(workTree, file))) : [];
}

interface SortedFiles {
  readonly remove: readonly BytePath[];
  readonly add: readonly BytePath[];
  /** Folders with a `.git` of their own. Git would record only their HEAD, and their content would be out of sight. */
  readonly repositories: readonly BytePath[];
}

const SUBMODULE = '160000';

function sortFiles(workTree: string, found: { readonly differences: string; readonly untracked: readonly BytePath[] }): SortedFiles {
  const remove: BytePath[] = [];
  const add = found.untracked.filter((file) => !file.endsWith('/'));
  const repositories = found.untracked.filter((file) => file.endsWith('/')).map((folder) => folder.slice(0, -1) as BytePath);
  for (const difference of parseIndexDifferences(found.differences)) {
    const stats = difference.isDeleted ? undefined : statsAt(workTree, difference.path);
    const isFolder = stats?.isDirectory() === true;
    if (isRecordable(stats) || (isFolder && difference.modeBefore === SUBMODULE)) add.push(difference.path);
    else remove.push(difference.path);
    if (isFolder && difference.modeBefore !== SUBMODULE) repositories.push(difference.path);
  }
  return { remove, add, repositories: [...new Set(repositories)] };
}

/** Git has no form for pipes, sockets and devices: in place of a file, they mean that the file is gone. */
function isRecordable(stats: Stats | undefined): boolean {
  return stats !== undefined && (stats.isFile() || stats.isSymbolicLink());
}

/**
 * New submodules are recorded as git does it, by their HEAD: the ones that `.gitmodules` declares, which is a change to
 * be seen like the submodule itself. One without a commit is a repository like any other.
 */
async function addSubmodules(call: WorkTreeCall, folders: readonly BytePath[]): Promise<ReadonlySet<BytePath>> {
  const added = new Set<BytePath>();
  if (folders.length === 0) return added;
  const declared = readDeclared(path.join(call.workTree, '.gitmodules'));
  for (const folder of folders.filter((candidate) => declared.has(pathToText(candidate)))) {
    const result = await call.git.attempt(['update-index', '--add', '--replace', '--stdin'], { ...call, stdin: `${quoteGitPath(folder)}\n` });
    if (result.exitCode === 0) added.add(folder);
  }
  return added;
}

function readDeclared(file: string): ReadonlySet<string> {
  const text = lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, 'utf8') : '';
  return new Set([...text.matchAll(/^\s*path\s*=\s*(.*?)\s*$/gm)].map((line) => line[1] ?? ''));
}

async function updateIndex(call: WorkTreeCall, changes: Pick<SortedFiles, 'remove' | 'add'>): Promise<void> {
  // Removal goes by name alone: git refuses to look at a path below a link, which is one way for a file to be gone.
  if (changes.remove.length > 0) await readWorkTree(call, ['update-index', '--index-info'], changes.remove.map((file) => `0 ${'0'.repeat(40)}\t${quoteGitPath(file)}\n`).join(''));
  if (changes.add.length > 0) await readWorkTree(call, ['update-index', '--add', '--replace', '--stdin'], changes.add.map((file) => `${quoteGitPath(file)}\n`).join(''));
}

/** Files that we copied here are no work of the agent as long as they hold what we put there. */
async function unchangedCopies(order: CollectOrder): Promise<ReadonlySet<BytePath>> {
  const copied = (await order.records.find(order.name))?.copied ?? [];
  const same = await Promise.all(copied.map((file) => isUnchanged(order.workTree, file)));
  return new Set(copied.filter((_, position) => same[position]).map((file) => Buffer.from(file.path, 'utf8').toString('latin1') as BytePath));
}

async function isUnchanged(workTree: string, file: CopiedFile): Promise<boolean> {
  const location = path.join(workTree, file.path);
  return lstatSync(location, { throwIfNoEntry: false })?.isFile() === true && sha256(await readFile(location)) === file.sha256;
}
