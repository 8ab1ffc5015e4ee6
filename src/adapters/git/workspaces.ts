import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RepositoryState, Workspace, Workspaces } from '../../ports/workspaces.js';
import { addCheckWorktree, dropCheckWorktree } from './check-worktree.js';
import { cleanUpLanded } from './clean-up-landed.js';
import { finishLanding } from './finish-landing.js';
import { branchOf, branchRef, gitFolders, runRef, tokenOf, workspaceName } from './folders.js';
import { prepareInPlace, snapshotInPlace } from './in-place.js';
import { planLanding } from './plan-landing.js';
import { prepareWorktree } from './prepare-worktree.js';
import { readHead, resolveAll } from './refs.js';
import { bareRepository, createOpener, type Opener, type WorkspacesOptions } from './repository.js';
import { tryRescueAndDrop } from './rescue.js';
import { snapshotWorktree, type SnapshotRun } from './snapshot-worktree.js';

/** Workspaces in the git repository around `root`, or in `root` itself where there is none. Needs git 2.38. */
export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const opener = createOpener(options);
  const folders = gitFolders(options.root, options.aiFolder);
  return {
    repository: () => describeRepository(opener),
    place: ({ taskId, token, isolation }) => (isolation === 'none' ? { path: options.root, branch: null } : { path: path.join(folders.worktrees, workspaceName(taskId, token)), branch: branchOf(taskId) }),
    prepare: async (order) => (order.isolation === 'none' ? prepareInPlace(await opener.inPlace()) : prepareWorktree(await opener.repository(), order)),
    snapshot: async (workspace, run) => (workspace.isolation === 'none' ? snapshotInPlace(await opener.inPlace(), workspace) : snapshotWorktree(await opener.repository(), workspace, run)),
    writePatch: (base, head, file) => writePatch(opener, { base, head, file }),
    remove: (workspace, run) => removeWorkspace(opener, workspace, run),
    planLanding: async (order) => planLanding(await opener.repository(), order),
    checkoutForCheck: async (commit, runId) => addCheckWorktree(await opener.repository(), commit, runId),
    removeCheck: async (folder) => dropCheckWorktree(await opener.repository(), folder),
    finishLanding: async (order, plan) => finishLanding(await opener.repository(), order, plan),
    cleanUpLanded: async (taskId) => cleanUpLanded(await opener.repository(), taskId),
  };
}

async function describeRepository(opener: Opener): Promise<RepositoryState> {
  const found = opener.find();
  if (found === null) return { kind: 'none' };
  if (found.bare) throw bareRepository(found);
  const { git, gitCommonDir } = await opener.repository();
  const [headCommit] = await resolveAll(git, [`${readHead(gitCommonDir)}^{commit}`]);
  return { kind: 'git', headBranch: found.headBranch, headCommit };
}

/** Trees of work in place are in an object store of their own; each store can be read from the other. */
async function writePatch(opener: Opener, { base, head, file }: { readonly base: string; readonly head: string; readonly file: string }): Promise<number> {
  const { git } = opener.find() === null ? await opener.inPlace() : await opener.repository();
  await git.output(['diff-tree', '-r', '-p', '--binary', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', `--output=${path.resolve(file)}`, base, head]);
  return (await stat(file)).size;
}

async function removeWorkspace(opener: Opener, workspace: Workspace, run: Pick<SnapshotRun, 'taskId' | 'runId'>): Promise<boolean> {
  if (workspace.isolation === 'none') return true;
  const repository = await opener.repository();
  const name = path.basename(workspace.path);
  if (path.dirname(workspace.path) !== repository.folders.worktrees || tokenOf(name, run.taskId) === null) return false;
  return tryRescueAndDrop(repository, { name, folder: workspace.path, refs: [runRef(run.runId), branchRef(branchOf(run.taskId))] });
}
