import path from 'node:path';
import { once } from './once.js';
import type { RepositoryState, Workspaces } from '../../ports/workspaces.js';
import { checkoutForCheck } from './check-worktree.js';
import { cleanUpLanded } from './clean-up-landed.js';
import { makeObjectView, type Context } from './context.js';
import { readFacts } from './facts.js';
import { finishLanding } from './finish-landing.js';
import { createGit, type GitDeps } from './run-git.js';
import { prepareInPlace, snapshotInPlace } from './in-place.js';
import { resolveObjects } from './objects.js';
import { planLanding } from './plan-landing.js';
import { prepareWorktree, worktreePlace } from './prepare-worktree.js';
import { dropWorktree, retire } from './retire.js';
import { readProtected } from './protected-files.js';
import { createSeals } from './seals.js';
import { runRef, snapshotWorktree } from './snapshot-worktree.js';
import { writePatch } from './write-patch.js';

export interface WorkspacesOptions extends GitDeps {
  /** Top folder of the main working tree, or of the project without a repository. Absolute. */
  readonly root: string;
  /** `.ai/` of the project. Absolute. */
  readonly aiFolder: string;
}

/**
 * Workspaces through git's command line. Starts nothing and reads nothing until it is used. Every operation may be called again
 * after a crash; see the port for what each promises.
 */
export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  const context = createContext(options);
  return {
    warmUp: () => void context.facts().catch(() => undefined),
    repository: () => readRepository(context),
    place: (order) => (order.isolation === 'none' ? { path: context.root, branch: null } : worktreePlace(context, order)),
    prepare: (order) => (order.isolation === 'none' ? prepareInPlace(context, order) : prepareWorktree(context, order)),
    snapshot: (workspace, run) => (workspace.isolation === 'none' ? snapshotInPlace(context, workspace, run) : snapshotWorktree(context, workspace, run)),
    readProtected: async (copyFiles) => ((await context.facts()) === null ? null : readProtected(context, copyFiles)),
    writePatch: (base, head, file) => writePatch(context, { base, head, file }),
    remove: async (workspace, run) => workspace.isolation === 'none' || retire(context, { taskId: run.taskId, path: workspace.path, keptOn: [runRef(run.runId)], base: workspace.base }),
    planLanding: (order) => planLanding(context, order),
    checkoutForCheck: (commit, runId) => checkoutForCheck(context, commit, runId),
    removeCheck: (checkPath) => dropWorktree(context, checkPath),
    finishLanding: (order, plan) => finishLanding(context, order, plan),
    cleanUpLanded: (taskId) => cleanUpLanded(context, taskId),
  };
}

function createContext(options: WorkspacesOptions): Context {
  const { root, aiFolder, environment } = options;
  const git = createGit(options);
  const facts = once(() => readFacts(git, root));
  const home = environment['HOME'] ?? null;
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  const configFolder = path.isAbsolute(configured) ? configured : home === null ? null : path.join(home, '.config');
  const globalIgnoreFile = configFolder === null ? null : path.join(configFolder, 'git', 'ignore');
  const objects = once(() => makeObjectView({ root, aiFolder, facts }));
  return { git, root, aiFolder, facts, home, globalIgnoreFile, objects, seals: createSeals() };
}

async function readRepository(context: Context): Promise<RepositoryState> {
  if ((await context.facts()) === null) return { kind: 'none' };
  const [head, [headCommit = null]] = await Promise.all([
    context.git({ cwd: context.root, args: ['symbolic-ref', '--quiet', 'HEAD'], answers: [0, 1] }),
    resolveObjects(context, 'repository', ['HEAD^{commit}']),
  ]);
  const branch = /^refs\/heads\/(.+)\n$/.exec(head.stdout)?.[1] ?? null;
  return { kind: 'git', headBranch: branch, headCommit };
}
