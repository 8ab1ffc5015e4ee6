import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { constants } from 'node:fs';
import { objectIdBytes, type Facts } from './facts.js';
import type { RunGit } from './run-git.js';
import { mergeIgnoreFiles, type IgnoreFile } from './ignore-rules.js';
import { readNotableEntries } from './index-file.js';
import { makePrivateGitDir, privateView, replaceFile, type PrivateView } from './private-view.js';
import type { ContentOrder } from './record-content.js';
import { quotePath } from './quoted-path.js';
import type { StateFacts, StatePlace } from './state-place.js';

export async function readState(place: StatePlace): Promise<StateFacts | null> {
  try {
    const { base, start } = JSON.parse(await readFile(place.factsFile, 'utf8')) as Record<string, unknown>;
    return typeof base === 'string' && typeof start === 'string' ? { base, start } : null;
  } catch {
    // Not made yet, removed, or cut short by a crash: then it is built again.
    return null;
  }
}

export async function writeState(place: StatePlace, facts: StateFacts): Promise<void> {
  await replaceFile(place.factsFile, JSON.stringify(facts));
}

export async function removeState(place: StatePlace): Promise<void> {
  await rm(place.folder, { recursive: true, force: true });
}

/** Fresh and empty. */
export async function makeState(place: StatePlace, facts: Facts): Promise<void> {
  await removeState(place);
  await makePrivateGitDir(place.folder, facts.config);
}

export function viewOf(place: StatePlace, workTree: string, facts: Facts): PrivateView {
  return privateView({ folder: place.folder, workTree, indexFile: place.indexFile }, facts);
}

export function contentOrder(place: StatePlace, workTree: string, facts: Facts): ContentOrder {
  return { view: viewOf(place, workTree, facts), workTree, indexFile: place.indexFile, excludeFile: place.excludeFile, objectIdBytes: objectIdBytes(facts), config: facts.config, isOurs: true, indexTree: null };
}

/** The ignore rules of a tree, read from a private index of it and files that nobody else has written. */
export async function freezeRules(place: StatePlace, source: { readonly indexFile: string; readonly filesIn: string; readonly objectIdBytes: number }, extra: readonly Buffer[]): Promise<void> {
  const { ignoreFiles } = await readNotableEntries(source.indexFile, source.objectIdBytes);
  const files = await Promise.all(ignoreFiles.map((file) => readIgnoreFile(source.filesIn, file)));
  const rules = mergeIgnoreFiles(files.filter((file) => file !== null));
  const [before = Buffer.alloc(0), ...after] = extra;
  // Rules of the repository win over the user's own; what was copied in is never work.
  await writeFile(place.excludeFile, Buffer.concat([before, Buffer.from('\n'), rules, ...after]));
}

/** Null for one that git would not read: gone, a folder, or a symbolic link. */
export async function readIgnoreFile(top: string, file: Buffer): Promise<IgnoreFile | null> {
  const folder = file.subarray(0, file.lastIndexOf('/') + 1);
  try {
    const handle = await open(Buffer.concat([Buffer.from(`${top}/`), file]), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return { folder, content: await handle.readFile() };
    } finally {
      await handle.close();
    }
  } catch {
    // As said above: then it brings no rules.
    return null;
  }
}

export interface TreeRules {
  readonly tree: string;
  readonly viewOn: (workTree: string, indexFile: string) => PrivateView;
  readonly objectIdBytes: number;
  readonly extra: readonly Buffer[];
}

/** The rules of a base that is not checked out: its ignore files are written to a folder of their own, as they are. */
export async function freezeRulesOfTree(git: RunGit, place: StatePlace, order: TreeRules): Promise<void> {
  const filesIn = path.join(place.folder, 'rules');
  const indexFile = path.join(place.folder, 'rules.index');
  await mkdir(filesIn, { recursive: true });
  const view = order.viewOn(filesIn, indexFile);
  await git({ ...view, args: ['read-tree', order.tree] });
  const { ignoreFiles } = await readNotableEntries(indexFile, order.objectIdBytes);
  if (ignoreFiles.length > 0) {
    await git({ ...view, args: ['checkout-index', '--force', '--stdin'], stdin: `${ignoreFiles.map(quotePath).join('\n')}\n` });
  }
  await freezeRules(place, { indexFile, filesIn, objectIdBytes: order.objectIdBytes }, order.extra);
  await rm(filesIn, { recursive: true, force: true });
  await rm(indexFile, { force: true });
}

/**
 * Copies an index with its age. The age decides which files are compared by content because they are
 * too young for their dates to prove anything; rounded down, it errs on the side of comparing.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  const draft = `${to}.${randomUUID()}`;
  await copyFile(from, draft);
  const seconds = Math.floor(mtimeMs) / 1_000;
  await utimes(draft, seconds, seconds);
  await rename(draft, to);
}
