import { lstatSync, type Stats } from 'node:fs';
import { AiError } from '../../domain/kernel/errors.js';
import type { ChangedFile } from '../../domain/run/run.js';
import type { RunGit } from './git.js';
import { isReadable, makeReadable, openFolders } from './open-folders.js';
import type { PrivateView } from './private-view.js';
import { below, outputLines, pathBytes, quotePath, type QuotedPath } from './quoted-path.js';

export interface ContentOrder {
  readonly view: PrivateView;
  readonly workTree: string;
  readonly indexFile: string;
  /** Patterns of what is not recorded; nothing else is consulted. */
  readonly excludeFile: string;
  readonly objectIdBytes: number;
  /** The user's settings about how files are stored. */
  readonly config: ReadonlyMap<string, string>;
  /** The working tree is ours: what was made unreadable in it is made readable. Otherwise it is left out. */
  readonly isOurs: boolean;
}

/** A change that can't be in the tree; it is only where the agent left it. */
export interface LeftOut {
  readonly path: QuotedPath;
  readonly status: ChangedFile['status'];
}

export interface RecordedContent {
  readonly tree: string;
  /** Paths that git refuses to store (`.GIT/config` and the like), and what was done inside of submodules. */
  readonly leftOut: readonly LeftOut[];
}

/** Repositories inside of repositories, one inside of the other. */
const MAX_NESTED_ROUNDS = 64;

/**
 * Writes everything that lies in a working tree as a tree object, through a private index. Objects and
 * the index are written; content is only read, and no program of its making is started. Of `submodules` git reads
 * which commit stands in them.
 */
export async function recordContent(git: RunGit, order: ContentOrder, submodules: readonly QuotedPath[]): Promise<RecordedContent> {
  const { tracked, others } = await listDifferences(git, order);
  const { storable, gone } = sortByKind(order, tracked);
  const added = sortByKind(order, others).storable;
  await updateIndex(git, order, { flags: ['--force-remove'], paths: gone });
  const complaints = await updateIndex(git, order, { flags: ['--add', '--remove', '--replace'], paths: [...added, ...storable, ...submodules] });
  const refused = complaints === '' ? [] : await listOthers(git, order);
  const { stdout } = await git({ ...order.view, args: ['write-tree'] });
  return { tree: stdout.trim(), leftOut: refused.map((path) => ({ path, status: 'added' })) };
}

interface Differences {
  readonly tracked: readonly QuotedPath[];
  readonly others: readonly QuotedPath[];
}

async function listDifferences(git: RunGit, order: ContentOrder): Promise<Differences> {
  try {
    return await listOnce(git, order);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    await openFolders(order.workTree);
  }
  return listOnce(git, order);
}

async function listOnce(git: RunGit, order: ContentOrder): Promise<Differences> {
  const [tracked, others] = await Promise.all([changedTracked(git, order), listOthers(git, order)]);
  return { tracked, others };
}

/** Folders that were closed would hide what is in them. */
class Unreadable extends AiError {}

function requireReadable(order: ContentOrder, stderr: string): void {
  if (stderr === '' || !order.isOurs) return;
  throw new Unreadable({ code: 'WORKSPACE_FAILED', message: `${order.workTree} can't be read completely: ${stderr.trim().slice(0, 500)}`, details: { path: order.workTree } });
}

/** Tracked paths whose stat data or kind differs from the index, or that are gone. Runs nothing inside of submodules. */
async function changedTracked(git: RunGit, order: ContentOrder): Promise<QuotedPath[]> {
  const { stdout, stderr } = await git({ ...order.view, args: ['diff-files', '--name-only', '--ignore-submodules=all', '--no-ext-diff', '--no-renames'] });
  requireReadable(order, stderr);
  return outputLines(stdout);
}

async function listOthers(git: RunGit, order: ContentOrder): Promise<QuotedPath[]> {
  for (let round = 0; round < MAX_NESTED_ROUNDS; round += 1) {
    const { stdout, stderr } = await git({ ...order.view, args: ['ls-files', '--others', `--exclude-from=${order.excludeFile}`] });
    requireReadable(order, stderr);
    const paths = outputLines(stdout);
    const nested = paths.filter((path) => path.endsWith('/') || path.endsWith('/"'));
    if (nested.length === 0) return paths;
    await openNested(git, order, nested);
  }
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `Repositories are nested deeper than ${MAX_NESTED_ROUNDS} in ${order.workTree}.`, details: { path: order.workTree } });
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
export async function updateIndex(git: RunGit, { view }: ContentOrder, change: { readonly flags: readonly string[]; readonly paths: readonly QuotedPath[] }): Promise<string> {
  if (change.paths.length === 0) return '';
  const { stderr } = await git({ ...view, args: ['update-index', ...change.flags, '--stdin'], stdin: `${change.paths.join('\n')}\n` });
  return stderr;
}

interface ByKind {
  readonly storable: readonly QuotedPath[];
  readonly gone: readonly QuotedPath[];
}

/** Pipes, sockets and folders in the place of a file can't be stored: the file is gone. */
function sortByKind(order: ContentOrder, paths: readonly QuotedPath[]): ByKind {
  const storable: QuotedPath[] = [];
  const gone: QuotedPath[] = [];
  for (const path of paths) {
    const file = below(order.workTree, path);
    const stats = statOf(file);
    if (stats?.isSymbolicLink() === true) storable.push(path);
    else if (stats?.isFile() !== true) gone.push(path);
    else if (isReadable(file)) storable.push(path);
    else if (order.isOurs) {
      makeReadable(file, stats.mode);
      storable.push(path);
    }
  }
  return { storable, gone };
}

function statOf(file: Buffer): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    // Gone, or behind something that is no folder any more: not there either way.
    return null;
  }
}
