import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import type { TreeChange } from './changes.js';
import type { Context } from './context.js';
import { below, pathBytes, quotePath, type QuotedPath } from './quoted-path.js';
import { readStatus, type PathStatus } from './working-status.js';

/** What a landing meets in a working tree. */
export interface Obstacles {
  /** Uncommitted work of the user in the way of the landing. */
  readonly paths: readonly QuotedPath[];
  /** Changes that the working tree already holds, and its index does not: left by a landing that was cut short. */
  readonly alreadyThere: readonly TreeChange[];
}

interface Looking {
  readonly checkout: string;
  readonly changes: ReadonlyMap<string, TreeChange>;
  readonly status: ReadonlyMap<string, PathStatus>;
}

type Finding = 'free' | 'blocked' | 'compare';

const ABSENT = '000000';
const SUBMODULE = '160000';
const SYMBOLIC_LINK = '120000';
const EXECUTABLE = '100755';

/** Looks at every path that the landing changes, and at nothing else. */
export async function findObstacles(context: Context, checkout: string, changes: readonly TreeChange[]): Promise<Obstacles> {
  const status = await readStatus(context, checkout);
  const looking: Looking = { checkout, changes: new Map(changes.map((change) => [keyOf(change.path), change])), status };
  const findings = changes.map((change) => [change, lookAt(looking, change)] as const);
  const toCompare = findings.filter(([, finding]) => finding === 'compare').map(([change]) => change);
  const same = await sameContent(context, checkout, toCompare);
  const unmerged = [...status.values()].filter((entry) => entry.unmerged).map((entry) => entry.path);
  const blocked = findings.filter(([change, finding]) => finding === 'blocked' || (finding === 'compare' && !same.has(change))).map(([change]) => change.path);
  return { paths: [...new Set([...unmerged, ...blocked])], alreadyThere: [...same] };
}

/** Paths compare by their bytes: git quotes the same path in more than one way. */
export function keyOf(path: QuotedPath): string {
  return pathBytes(path).toString('latin1');
}

function lookAt(looking: Looking, change: TreeChange): Finding {
  const entry = looking.status.get(keyOf(change.path));
  if (entry === undefined) return change.before.mode === ABSENT ? lookAtFreePlace(looking, change) : 'free';
  if (entry.unmerged) return 'blocked';
  const { mode, object } = change.after;
  // Then the landing leaves index and file alone: whatever the file holds is the user's and stays.
  const isLanded = mode === ABSENT ? entry.index.mode === ABSENT : entry.index.mode === mode && entry.index.object === object;
  if (isLanded) return 'free';
  if (entry.isStaged) return 'blocked';
  return entry.isModified ? 'compare' : 'free';
}

/** A path that is neither in the branch nor in the index: nothing of the user's may lie there, ignored or not. */
function lookAtFreePlace(looking: Looking, change: TreeChange): Finding {
  if (isParentInTheWay(looking, change)) return 'blocked';
  const stats = statOf(below(looking.checkout, change.path));
  if (stats === null) return 'free';
  if (!stats.isDirectory()) return 'compare';
  return holdsOnlyDeleted(looking, pathBytes(change.path)) ? 'free' : 'blocked';
}

/** A file or link where the landing needs a folder, unless the landing itself removes it. */
function isParentInTheWay({ checkout, changes }: Looking, change: TreeChange): boolean {
  const path = pathBytes(change.path);
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const parent = path.subarray(0, slash);
    const stats = statOf(below(checkout, quotePath(parent)));
    if (stats === null) return false;
    if (!stats.isDirectory()) return changes.get(parent.toString('latin1'))?.status !== 'deleted';
  }
  return false;
}

function holdsOnlyDeleted({ checkout, changes }: Looking, folder: Buffer): boolean {
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of readdirSync(below(checkout, quotePath(next)), { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([next, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) pending.push(path);
      else if (changes.get(path.toString('latin1'))?.status !== 'deleted') return false;
    }
  }
  return true;
}

/** Those changes that the files already have. */
async function sameContent(context: Context, checkout: string, changes: readonly TreeChange[]): Promise<Set<TreeChange>> {
  const looks = changes.map((change) => [change, compareKind(change, below(checkout, change.path))] as const);
  const files = looks.filter(([, look]) => look === 'ask git').map(([change]) => change);
  const same = new Set(looks.filter(([, look]) => look === 'same').map(([change]) => change));
  if (files.length === 0) return same;
  const { stdout } = await context.git({ cwd: checkout, args: ['hash-object', '--stdin-paths'], stdin: `${files.map((change) => change.path).join('\n')}\n` });
  const objects = stdout.split('\n');
  for (const [index, change] of files.entries()) if (objects[index] === change.after.object) same.add(change);
  return same;
}

/** The content of a file is git's to compare, because the user's settings may store it in another form. */
function compareKind({ after }: TreeChange, file: Buffer): 'same' | 'different' | 'ask git' {
  const stats = statOf(file);
  if (after.mode === ABSENT || stats === null) return after.mode === ABSENT && stats === null ? 'same' : 'different';
  if (after.mode === SUBMODULE) return 'different';
  if (after.mode === SYMBOLIC_LINK) return stats.isSymbolicLink() && linkObject(file, after.object) === after.object ? 'same' : 'different';
  return stats.isFile() && isExecutable(stats) === (after.mode === EXECUTABLE) ? 'ask git' : 'different';
}

function isExecutable(stats: Stats): boolean {
  return (stats.mode & 0o100) !== 0;
}

/** The id of a blob is a hash of its size and content (gitformat docs: "blob SIZE NUL content"). */
function linkObject(link: Buffer, like: string): string {
  const target = readlinkSync(link, { encoding: 'buffer' });
  return createHash(like.length === 64 ? 'sha256' : 'sha1').update(`blob ${target.length}\0`).update(target).digest('hex');
}

function statOf(file: Buffer): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    // Nothing there, also when something above is no folder.
    return null;
  }
}
