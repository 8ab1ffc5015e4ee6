import type { Snapshot, Workspace } from '../../ports/workspaces.js';
import { collectTree } from './collect-tree.js';
import type { InPlace } from './repository.js';
import { changedFiles } from './tree-changes.js';

/**
 * Work in the user's own folder, with or without a repository: its state before and after is recorded as trees in a
 * git directory of our own. Nothing of the user's repository is read or written, but for its objects, which are not stored twice.
 */
export async function prepareInPlace({ git, folders, records, excludeFile, foreignIndex }: InPlace): Promise<Workspace> {
  const onIndex = (indexFile: string, tree: string): Promise<void> => records.write(recordName(tree), { base: tree, checkedOut: tree, copied: [] }, indexFile);
  const { tree } = await collectTree({ git, records, name: 'in-place', workTree: folders.root, base: null, excludeFile, foreignIndex, onIndex });
  await records.forgetOthers(recordName(''), recordName(tree));
  return { path: folders.root, isolation: 'none', branch: null, base: tree };
}

export async function snapshotInPlace({ git, folders, records, excludeFile, foreignIndex }: InPlace, workspace: Workspace): Promise<Snapshot> {
  const { base } = workspace;
  const { tree, hidden } = await collectTree({ git, records, name: recordName(base), workTree: folders.root, base, excludeFile, foreignIndex });
  return { head: tree, baseTree: base, headTree: tree, changedFiles: await changedFiles(git, base, tree), hiddenFiles: hidden, workspaceGone: false };
}

function recordName(tree: string): string {
  return `in-place-${tree}`;
}
