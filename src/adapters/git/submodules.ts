import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isAiError } from '../../domain/kernel/errors.js';
import { commonDirOf, gitDirOf } from './find-repository.js';
import type { RunGit } from './run-git.js';
import { readNotableEntries, type IndexEntry } from './index-file.js';
import { freezeRulesOfTree } from './private-state.js';
import { statePlaceAt } from './state-place.js';
import { makePrivateGitDir, privateView, type PrivateView } from './private-view.js';
import { below, quotePath } from './quoted-path.js';
import { recordContent, updateIndex, type ContentOrder, type LeftOut, type RecordedContent } from './record-content.js';

/**
 * Records a working tree that may have submodules. For git a submodule is one closed entry. Here, one that is not populated
 * and yet holds files is opened, so that they are seen; one that is populated is compared with the commit that was
 * recorded for it, through a view of our own: what was changed inside is reported, and nothing is run there.
 */
export async function recordWorkTree(git: RunGit, order: ContentOrder): Promise<RecordedContent> {
  const { submodules } = await readNotableEntries(order.indexFile, order.objectIdBytes);
  if (submodules.length === 0) return recordContent(git, order, []);
  const states = submodules.map((entry) => ({ entry, path: quotePath(entry.path), state: stateOf(below(order.workTree, quotePath(entry.path))) }));
  const replaced = states.filter(({ state }) => state === 'replaced').map(({ path: name }) => name);
  const populated = states.filter(({ state }) => state === 'populated');
  const changed: LeftOut[] = [];
  for (const { entry, path: name } of populated) {
    if (await isChangedInside(git, order, entry)) changed.push({ path: name, status: 'modified' });
  }
  await updateIndex(git, order, { flags: ['--force-remove'], paths: replaced });
  // The index may have just lost entries: it is no longer what it was when its tree was noted.
  const content = await recordContent(git, { ...order, indexTree: null }, populated.map(({ path: name }) => name));
  return { tree: content.tree, leftOut: [...content.leftOut, ...changed], hasSubmodules: true };
}

function stateOf(folder: Buffer): 'empty' | 'populated' | 'replaced' {
  const names = namesIn(folder);
  if (names === null) return 'replaced';
  if (names.length === 0) return 'empty';
  return names.includes('.git') && gitDirOf(folder.toString('utf8')) !== null ? 'populated' : 'replaced';
}

/** Null when it is no folder. */
function namesIn(folder: Buffer): string[] | null {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder) : null;
  } catch {
    // Gone, or closed to us.
    return null;
  }
}

async function isChangedInside(git: RunGit, outer: ContentOrder, entry: IndexEntry): Promise<boolean> {
  const folder = path.join(outer.workTree, entry.path.toString('utf8'));
  const gitDir = gitDirOf(folder);
  if (gitDir === null) return true;
  try {
    return (await treeInside(git, { outer, folder, gitDir, commit: entry.object })) !== (await treeOf(git, { outer, gitDir, commit: entry.object }));
  } catch (error) {
    // Its commit is not there, or it can't be read: then it is not what was recorded.
    if (isAiError(error)) return true;
    throw error;
  }
}

interface Inside {
  readonly outer: ContentOrder;
  readonly folder: string;
  readonly gitDir: string;
  readonly commit: string;
}

async function treeInside(git: RunGit, { outer, folder, gitDir, commit }: Inside): Promise<string> {
  const place = statePlaceAt(path.join(outer.view.env['GIT_DIR'] ?? '', 'submodule', commit));
  const gitCommonDir = commonDirOf(gitDir);
  const facts = { gitCommonDir, objectFolder: path.join(gitCommonDir, 'objects') };
  const viewOn = (workTree: string, indexFile: string): PrivateView => privateView({ folder: place.folder, workTree, indexFile }, facts);
  await makePrivateGitDir(place.folder, outer.config);
  await freezeRulesOfTree(git, place, { tree: commit, viewOn, objectIdBytes: outer.objectIdBytes, extra: [] });
  const view = viewOn(folder, place.indexFile);
  await git({ ...view, args: ['read-tree', commit] });
  const inner: ContentOrder = { ...outer, view, workTree: folder, indexFile: place.indexFile, excludeFile: place.excludeFile, indexTree: null };
  const { tree, leftOut } = await recordWorkTree(git, inner);
  return leftOut.length === 0 ? tree : '';
}

async function treeOf(git: RunGit, { outer, gitDir, commit }: Omit<Inside, 'folder'>): Promise<string> {
  const objectFolder = path.join(commonDirOf(gitDir), 'objects');
  const { stdout } = await git({ ...outer.view, env: { ...outer.view.env, GIT_OBJECT_DIRECTORY: objectFolder }, args: ['rev-parse', '--verify', `${commit}^{tree}`] });
  return stdout.trim();
}
