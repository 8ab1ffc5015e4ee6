import { randomUUID } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import { AiError } from '../../domain/kernel/errors.js';
import type { ChangedFile } from '../../domain/run/run.js';
import type { RunGit } from './run-git.js';
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
  /** Tree that the index holds, when that is certain: then a working tree without differences needs no new one. */
  readonly indexTree: string | null;
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
  readonly hasSubmodules: boolean;
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
  if (order.indexTree !== null && tracked.length + others.length + submodules.length === 0) return { tree: order.indexTree, leftOut: [], hasSubmodules: false };
  await updateIndex(git, order, { flags: ['--force-remove'], paths: tracked.filter((entry) => entry.isGone).map((entry) => entry.path) });
  // git does not look into a folder in the place of a file that it still knows.
  const newPaths = tracked.some((entry) => entry.isFolder) ? await listOthers(git, order) : others;
  const present = [...tracked.filter((entry) => !entry.isGone).map((entry) => entry.path), ...newPaths.filter((path) => look(order, path) === 'storable')];
  const complaints = await updateIndex(git, order, { flags: ['--add', '--remove', '--replace'], paths: [...present, ...submodules] });
  const refused = complaints === '' ? [] : await listOthers(git, order);
  const { stdout } = await git({ ...order.view, args: ['write-tree'] });
  return { tree: stdout.trim(), leftOut: refused.map((path) => ({ path, status: 'added' })), hasSubmodules: false };
}

interface Tracked {
  readonly path: QuotedPath;
  readonly isGone: boolean;
  readonly isFolder: boolean;
}

interface Differences {
  readonly tracked: readonly Tracked[];
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
  const [tracked, others] = await Promise.all([listTracked(git, order), listOthers(git, order)]);
  return { tracked, others };
}

/** Folders that were closed would hide what is in them. */
class Unreadable extends AiError {}

function requireReadable(order: ContentOrder, stderr: string): void {
  if (stderr === '' || !order.isOurs) return;
  throw new Unreadable({ code: 'WORKSPACE_FAILED', message: `${order.workTree} can't be read completely: ${stderr.trim().slice(0, 500)}`, details: { path: order.workTree } });
}

/** Tracked paths whose stat data or kind differs from the index, or that are gone. Runs nothing inside of submodules. */
async function listTracked(git: RunGit, order: ContentOrder): Promise<Tracked[]> {
  const { stdout, stderr } = await git({ ...order.view, args: ['diff-files', '--name-status', '--ignore-submodules=all', '--no-ext-diff', '--no-renames'] });
  requireReadable(order, stderr);
  return outputLines(stdout).map((line) => {
    const [letter, path = ''] = line.split('\t');
    const kind = look(order, path);
    // git also says deleted of what lies behind a symbolic link that took the place of a folder.
    return { path, isGone: letter === 'D' || kind !== 'storable', isFolder: kind === 'folder' };
  });
}

async function listOthers(git: RunGit, order: ContentOrder): Promise<QuotedPath[]> {
  const probes: QuotedPath[] = [];
  for (let round = 0; round < MAX_NESTED_ROUNDS; round += 1) {
    const { stdout, stderr } = await git({ ...order.view, args: ['ls-files', '--others', `--exclude-from=${order.excludeFile}`] });
    requireReadable(order, stderr);
    const paths = outputLines(stdout);
    const nested = paths.filter((path) => path.endsWith('/') || path.endsWith('/"'));
    if (nested.length === 0) {
      await updateIndex(git, order, { flags: ['--force-remove'], paths: probes });
      return paths;
    }
    probes.push(...(await openNested(git, order, nested)));
  }
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `Repositories are nested deeper than ${MAX_NESTED_ROUNDS} in ${order.workTree}.`, details: { path: order.workTree } });
}

/**
 * A folder with a `.git` of its own is listed as one closed entry, unless the index already holds something
 * below it: an entry for a file that does not exist opens it, and is taken back afterwards. Nobody can know its name.
 */
async function openNested(git: RunGit, { view, objectIdBytes }: ContentOrder, nested: readonly QuotedPath[]): Promise<QuotedPath[]> {
  const anyObject = 'e'.repeat(objectIdBytes * 2);
  const probes = nested.map((path) => quotePath(Buffer.concat([pathBytes(path), Buffer.from(randomUUID())])));
  const entries = probes.map((path) => `100644 ${anyObject}\t${path}\n`);
  await git({ ...view, args: ['update-index', '--add', '--replace', '--index-info'], stdin: entries.join('') });
  return probes;
}

/** Answers what git said on stderr: complaints about paths that it leaves out. */
export async function updateIndex(git: RunGit, { view }: ContentOrder, change: { readonly flags: readonly string[]; readonly paths: readonly QuotedPath[] }): Promise<string> {
  if (change.paths.length === 0) return '';
  const { stderr } = await git({ ...view, args: ['update-index', ...change.flags, '--stdin'], stdin: `${change.paths.join('\n')}\n` });
  return stderr;
}

/** Pipes and sockets can't be stored, nor can what we may not read. */
function look(order: ContentOrder, path: QuotedPath): 'storable' | 'folder' | 'other' {
  const file = below(order.workTree, path);
  const stats = statOf(file);
  if (stats === null) return 'other';
  if (stats.isSymbolicLink()) return 'storable';
  if (!stats.isFile()) return stats.isDirectory() ? 'folder' : 'other';
  if (isReadable(file)) return 'storable';
  if (!order.isOurs) return 'other';
  makeReadable(file, stats.mode);
  return 'storable';
}

function statOf(file: Buffer): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    // Gone, or behind something that is no folder any more: not there either way.
    return null;
  }
}
