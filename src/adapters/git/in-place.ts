import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Snapshot, Workspace, WorkspaceOrder } from '../../ports/workspaces.js';
import { listChanges, toChangedFiles } from './changes.js';
import { type Context } from './context.js';
import { objectIdBytes } from './facts.js';
import { globalRules } from './global-rules.js';
import { literalPattern, mergeIgnoreFiles } from './ignore-rules.js';
import { makePrivateGitDir, privateView, replaceFile, type PrivateView } from './private-view.js';
import { copyIndex, freezeRulesOfTree, readIgnoreFile, readState, writeState } from './private-state.js';
import { statePlace, type StatePlace } from './state-place.js';
import { outputLines, pathBytes } from './quoted-path.js';
import { recordContent, type ContentOrder } from './record-content.js';
import type { SnapshotRun } from './snapshot-worktree.js';

/**
 * Work in place: the root is recorded through a git folder of our own with its own objects, so that it works
 * without any repository and never meets the user's index. `.ai/` and `.git/` are not part of it.
 */
function privateFolder(aiFolder: string): string {
  return path.join(aiFolder, 'snapshots', 'git');
}

/** Where the trees of work in place are kept, for comparing them. */
export function inPlaceObjects(aiFolder: string): string {
  return path.join(privateFolder(aiFolder), 'objects');
}

function inPlaceOrder(context: Context, place: StatePlace): ContentOrder {
  const view = inPlaceView(context, place.indexFile);
  return { view, workTree: context.root, indexFile: place.indexFile, excludeFile: place.excludeFile, objectIdBytes: objectIdBytes(null), config: new Map(), isOurs: false, indexTree: null };
}

export function inPlaceView(context: Pick<Context, 'root' | 'aiFolder'>, indexFile: string): PrivateView {
  return privateView({ folder: privateFolder(context.aiFolder), workTree: context.root, indexFile }, null);
}

/** Workspaces.prepare for work in place: records what is there before the agent starts. */
export async function prepareInPlace(context: Context, order: WorkspaceOrder): Promise<Workspace> {
  const place = statePlace(context.aiFolder, order.runId);
  const made = await readState(place);
  if (made !== null) return workspaceAt(context, made.base);
  await mkdir(place.folder, { recursive: true });
  await makePrivateGitDir(privateFolder(context.aiFolder), lineEnds(await context.facts()));
  await startIndex(context, place);
  await freezeInPlace(context, place);
  await addTrackedThoughIgnored(context, place);
  const { tree } = await recordContent(context.git, inPlaceOrder(context, place), []);
  await copyIndex(place.indexFile, sharedIndex(context));
  await writeState(place, { base: tree, start: tree });
  return workspaceAt(context, tree);
}

function workspaceAt(context: Context, base: string): Workspace {
  return { path: context.root, isolation: 'none', branch: null, base };
}

/** Our own objects are always named by SHA-1, whatever the repository uses. */
function lineEnds(facts: { readonly config: ReadonlyMap<string, string> } | null): ReadonlyMap<string, string> {
  return new Map([...(facts?.config ?? [])].filter(([key]) => key.startsWith('core.')));
}

function sharedIndex(context: Context): string {
  return path.join(privateFolder(context.aiFolder), 'latest-index');
}

/** The index of the run before tells which files have not changed since, so that they need not be read again. */
async function startIndex(context: Context, place: StatePlace): Promise<void> {
  if (await isFile(place.indexFile)) return;
  try {
    await copyIndex(sharedIndex(context), place.indexFile);
  } catch {
    // The first run in place, or somebody has removed it: every file is read.
    await context.git({ ...inPlaceView(context, place.indexFile), args: ['read-tree', '--empty'] });
  }
}

/** Rules as they are now, before the agent starts; what it adds to them later has no effect. */
async function freezeInPlace(context: Context, place: StatePlace): Promise<void> {
  const own = ownFolders(context);
  const general = Buffer.concat([await globalRules(context), Buffer.from('\n'), await repositoryRules(context), Buffer.from('\n')]);
  await replaceFile(place.excludeFile, Buffer.concat([general, own]));
  const files = await Promise.all((await ignoreFilesInPlace(context, place)).map((file) => readIgnoreFile(context.root, file)));
  const rules = mergeIgnoreFiles(files.filter((file) => file !== null));
  await replaceFile(place.excludeFile, Buffer.concat([general, rules, own]));
}

/** Those that are seen, and those at the top of a hidden folder, which is how caches hide themselves. */
async function ignoreFilesInPlace(context: Context, place: StatePlace): Promise<Buffer[]> {
  const emptyIndex = inPlaceView(context, `${place.indexFile}.none`);
  const listing = ['ls-files', '--others', `--exclude-from=${place.excludeFile}`, '--exclude-per-directory=.gitignore'];
  const [seen, hidden] = await Promise.all([
    context.git({ ...emptyIndex, args: [...listing, '--', ':(glob)**/.gitignore'] }),
    context.git({ ...emptyIndex, args: [...listing, '--ignored', '--directory'] }),
  ]);
  const atTop = outputLines(hidden.stdout).map(pathBytes).filter((folder) => folder.at(-1) === 0x2f);
  return [...outputLines(seen.stdout).map(pathBytes), ...atTop.map((folder) => Buffer.concat([folder, Buffer.from('.gitignore')]))];
}

/** What is in the repository although a rule ignores it is work like any other file. */
async function addTrackedThoughIgnored(context: Context, place: StatePlace): Promise<void> {
  if ((await context.facts()) === null) return;
  const { stdout } = await context.git({ cwd: context.root, args: ['ls-files', '--cached', '--ignored', '--exclude-standard'] });
  if (stdout === '') return;
  await context.git({ ...inPlaceView(context, place.indexFile), args: ['update-index', '--add', '--remove', '--replace', '--stdin'], stdin: stdout });
}

/** The control plane's own folder, wherever it lies, and the repository itself. */
function ownFolders(context: Context): Buffer {
  const relative = path.relative(context.root, context.aiFolder);
  const own = relative === '' || relative.startsWith('..') ? [] : [`${literalPattern(Buffer.from(relative).toString('latin1'))}/\n`];
  return Buffer.from(['/.git\n', ...own].join(''), 'latin1');
}

async function repositoryRules(context: Context): Promise<Buffer> {
  const facts = await context.facts();
  if (facts === null) return Buffer.alloc(0);
  const found = await readIgnoreFile(path.join(facts.gitCommonDir, 'info'), Buffer.from('exclude'));
  return found?.content ?? Buffer.alloc(0);
}

/** Workspaces.snapshot for work in place. */
export async function snapshotInPlace(context: Context, workspace: Workspace, run: SnapshotRun): Promise<Snapshot> {
  const place = statePlace(context.aiFolder, run.runId);
  await restoreState(context, place, workspace.base);
  const content = await recordContent(context.git, inPlaceOrder(context, place), []);
  const changes = await listChanges(context.git, inPlaceView(context, place.indexFile), { base: workspace.base, head: content.tree });
  await rename(place.indexFile, sharedIndex(context));
  return { head: content.tree, baseTree: workspace.base, headTree: content.tree, changedFiles: toChangedFiles(changes, content.leftOut), workspaceGone: false };
}

/** The index is given on to the next run after a snapshot, and rules that got lost are read from the base. */
async function restoreState(context: Context, place: StatePlace, base: string): Promise<void> {
  if ((await readState(place)) === null) {
    await mkdir(place.folder, { recursive: true });
    const viewOn = (workTree: string, indexFile: string): PrivateView => privateView({ folder: privateFolder(context.aiFolder), workTree, indexFile }, null);
    await freezeRulesOfTree(context.git, place, { tree: base, viewOn, objectIdBytes: objectIdBytes(null), extra: [Buffer.alloc(0), ownFolders(context)] });
  }
  await startIndex(context, place);
  await context.git({ ...inPlaceView(context, place.indexFile), args: ['read-tree', '-i', '-m', base] });
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    // Not made yet, or given on.
    return false;
  }
}
