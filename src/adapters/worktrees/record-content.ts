import { lstatSync, readdirSync, type Stats } from 'node:fs';
import type { RunGit } from './git.js';
import { readNotableEntries } from './index-file.js';
import type { PrivateView } from './private-view.js';
import { below, outputLines, pathBytes, quotePath, type QuotedPath } from './quoted-path.js';

export interface ContentOrder {
  readonly view: PrivateView;
  readonly workTree: string;
  readonly indexFile: string;
  /** Patterns of what is not recorded; nothing else is consulted. */
  readonly excludeFile: string;
  readonly objectIdBytes: number;
}

export interface RecordedContent {
  readonly tree: string;
  /** Paths that git refuses to store (`.GIT/config` and the like); they are only where the agent left them. */
  readonly unrecorded: readonly QuotedPath[];
}

/** Repositories inside of repositories, one inside of the other. */
const MAX_NESTED_ROUNDS = 64;

/**
 * Writes everything that lies in a working tree as a tree object, through a private index. Objects and
 * the index are written; the working tree is only read, and no program of its making is started.
 */
export async function recordContent(git: RunGit, order: ContentOrder): Promise<RecordedContent> {
  const submodules = await settleSubmodules(git, order);
  const [tracked, others] = await Promise.all([changedTracked(git, order), listOthers(git, order)]);
  const gone = tracked.filter((path) => !isStorable(order, path));
  const goneSet = new Set(gone);
  const present = tracked.filter((path) => !goneSet.has(path));
  await updateIndex(git, order, { flags: ['--force-remove'], paths: gone });
  const complaints = await updateIndex(git, order, { flags: ['--add', '--remove', '--replace'], paths: [...others, ...present, ...submodules] });
  const unrecorded = complaints === '' ? [] : await listOthers(git, order);
  const { stdout } = await git({ ...order.view, args: ['write-tree'] });
  return { tree: stdout.trim(), unrecorded };
}

/** Tracked paths whose stat data or kind differs from the index, or that are gone. Runs nothing inside of submodules. */
async function changedTracked(git: RunGit, { view }: ContentOrder): Promise<QuotedPath[]> {
  const { stdout } = await git({ ...view, args: ['diff-files', '--name-only', '--ignore-submodules=all', '--no-ext-diff', '--no-renames'] });
  return outputLines(stdout);
}

async function listOthers(git: RunGit, order: ContentOrder): Promise<QuotedPath[]> {
  for (let round = 0; round < MAX_NESTED_ROUNDS; round += 1) {
    const paths = await listOthersOnce(git, order);
    const nested = paths.filter((path) => path.endsWith('/') || path.endsWith('/"'));
    if (nested.length === 0) return paths;
    await openNested(git, order, nested);
  }
  throw new Error(`repositories are nested deeper than ${MAX_NESTED_ROUNDS} in ${order.workTree}`);
}

async function listOthersOnce(git: RunGit, { view, excludeFile }: ContentOrder): Promise<QuotedPath[]> {
  const { stdout } = await git({ ...view, args: ['ls-files', '--others', `--exclude-from=${excludeFile}`] });
  return outputLines(stdout);
}

const PROBE = Buffer.from('.ai-nested');

/**
 * A folder with a `.git` of its own is listed as one closed entry, unless the index already holds something
 * below it: an entry for a file that does not exist opens it, and is found gone afterwards.
 */
async function openNested(git: RunGit, { view, objectIdBytes }: ContentOrder, nested: readonly QuotedPath[]): Promise<void> {
  const anyObject = 'e'.repeat(objectIdBytes * 2);
  const entries = nested.map((path) => `100644 ${anyObject}\t${quotePath(Buffer.concat([pathBytes(path), PROBE]))}\n`);
  await git({ ...view, args: ['update-index', '--add', '--replace', '--index-info'], stdin: entries.join('') });
}

/** Answers what git said on stderr: complaints about paths that it leaves out. */
async function updateIndex(git: RunGit, { view }: ContentOrder, change: { readonly flags: readonly string[]; readonly paths: readonly QuotedPath[] }): Promise<string> {
  if (change.paths.length === 0) return '';
  const { stderr } = await git({ ...view, args: ['update-index', ...change.flags, '--stdin'], stdin: `${change.paths.join('\n')}\n` });
  return stderr;
}

/** Pipes, sockets and folders in the place of a file can't be stored: the file is gone. */
function isStorable({ workTree }: ContentOrder, path: QuotedPath): boolean {
  const stats = statOf(below(workTree, path));
  return stats !== null && (stats.isFile() || stats.isSymbolicLink());
}

/**
 * A submodule is a closed entry as well. One that is not populated and yet holds files is opened, so that they are
 * seen; for one that is, git reads which commit stands in it, and nothing is run inside.
 */
async function settleSubmodules(git: RunGit, order: ContentOrder): Promise<QuotedPath[]> {
  const { submodules } = await readNotableEntries(order.indexFile, order.objectIdBytes);
  const paths = submodules.map(quotePath);
  const states = paths.map((path) => [path, submoduleState(below(order.workTree, path))] as const);
  await updateIndex(git, order, { flags: ['--force-remove'], paths: states.filter(([, state]) => state === 'replaced').map(([path]) => path) });
  return states.filter(([, state]) => state === 'populated').map(([path]) => path);
}

function submoduleState(folder: Buffer): 'empty' | 'populated' | 'replaced' {
  if (statOf(folder)?.isDirectory() !== true) return 'replaced';
  const names = readdirSync(folder);
  if (names.length === 0) return 'empty';
  return names.includes('.git') ? 'populated' : 'replaced';
}

function statOf(file: Buffer): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    // Gone, or behind something that is no folder any more: not there either way.
    return null;
  }
}
