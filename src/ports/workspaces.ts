import type { FencingToken, RunId, TaskId } from '../domain/kernel/ids.js';
import type { ProtectedLook } from '../domain/run/protected-changes.js';
import type { ChangedFile } from '../domain/run/run.js';
import type { Isolation } from '../domain/task/task.js';

/** What the control plane stands in. */
export type RepositoryState =
  | { readonly kind: 'none' }
  | { readonly kind: 'git'; readonly headBranch: string | null; readonly headCommit: string | null };

/** Finished work of a dependency that may not have landed yet. */
export interface DependencyWork {
  readonly taskId: TaskId;
  readonly head: string;
  readonly landedCommit: string | null;
}

export interface WorkspaceOrder {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly token: FencingToken;
  readonly isolation: Isolation;
  /** Branch whose tip is the base; null means the current HEAD commit. */
  readonly targetBranch: string | null;
  readonly dependencies: readonly DependencyWork[];
  /** Work of an earlier attempt to continue from; ignored when it lacks a dependency's work. */
  readonly continueFrom: { readonly base: string; readonly head: string } | null;
  /** Untracked files to copy from the main working tree, relative paths (`.env` and the like). */
  readonly copyFiles: readonly string[];
}

/** A place for one run to work in: one per task and token. Stored with the run, so that a crash can be repaired. */
export interface Workspace {
  readonly path: string;
  readonly isolation: Isolation;
  /** `ai/<task-id>` for a worktree, null in place. */
  readonly branch: string | null;
  /** Commit of a worktree, tree id in place: what the diff is taken against. */
  readonly base: string;
}

export interface Snapshot {
  /** Commit with everything the agent left, on the run's own ref and the task's branch; a tree id in place. */
  readonly head: string;
  readonly baseTree: string;
  readonly headTree: string;
  readonly changedFiles: readonly ChangedFile[];
  /** Files that only ignore rules of the agent's own keep out of the head: caches that ignore themselves, or something to hide. They do not land. */
  readonly hiddenFiles?: readonly string[];
  /** The agent deleted its working folder; `head` is what was committed before. */
  readonly workspaceGone: boolean;
}

/** A look at what is no part of any tree and that nobody should change while an agent works (domain/run/protected-changes.ts). */
export type ProtectedState = ProtectedLook;

export interface LandOrder {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly target: string;
  readonly base: string;
  readonly head: string;
  /** Full commit message, trailers included. */
  readonly message: string;
}

/** Work rebased on the target and not yet visible there; `commit` is checked by us before `finish`. */
export type LandPlan =
  | { readonly kind: 'ready'; readonly commit: string; readonly targetBefore: string; readonly checkoutPath: string | null }
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
  | { readonly kind: 'empty'; readonly targetBefore: string };

export type LandResult =
  | { readonly kind: 'landed'; readonly commit: string }
  | { readonly kind: 'target_moved' }
  | { readonly kind: 'blocked'; readonly reason: string; readonly paths: readonly string[] };

/** Working trees for runs, and the one way that their results reach a branch. */
export interface Workspaces {
  /** Begins to ask what every other operation needs, while the caller does something else. Never fails: the operation asks again. */
  warmUp(): void;
  /** Throws BARE_REPOSITORY, GIT_MISSING. */
  repository(): Promise<RepositoryState>;
  /** Where `prepare` puts the workspace of this task and token; pure, so that a crash in the middle can be cleaned up. */
  place(order: Pick<WorkspaceOrder, 'taskId' | 'token' | 'isolation'>): Pick<Workspace, 'path' | 'branch'>;
  /**
   * Makes the workspace. Idempotent for one token: what an interrupted call left is taken over or removed.
   * Throws UNBORN_BRANCH, WORKSPACE_FAILED, MERGE_CONFLICT when the results of dependencies do not merge.
   */
  prepare(order: WorkspaceOrder): Promise<Workspace>;
  /**
   * Records everything that the agent left, with git state that the agent could not touch, and points
   * the task's branch and `refs/ai/runs/<run>` at it. Safe to call again. Works when the agent deleted its worktree
   * (the last commit of its branch is then the head). Throws WORKSPACE_FAILED.
   */
  snapshot(workspace: Workspace, run: { readonly taskId: TaskId; readonly runId: RunId; readonly message: string }): Promise<Snapshot>;
  /** Hooks and configuration of git, files with secrets, and edits of the main working tree as they are now. Null without a repository. */
  readProtected(copyFiles: readonly string[]): Promise<ProtectedState | null>;
  /** The patch between two commits or trees, as git prints it, to a file. Answers its size in bytes. */
  writePatch(base: string, head: string, file: string): Promise<number>;
  /** Removes a worktree whose work is on a ref; refuses (returns false) when it holds anything that is not. */
  remove(workspace: Workspace, run: { readonly taskId: TaskId; readonly runId: RunId }): Promise<boolean>;
  planLanding(order: LandOrder): Promise<LandPlan>;
  /** A detached worktree of the landing commit, for verifying it; removed by `removeCheck`. */
  checkoutForCheck(commit: string, runId: RunId): Promise<string>;
  removeCheck(path: string): Promise<void>;
  /** Moves the target from `targetBefore` to the commit, with its working tree when it is checked out and clean where the change lands. */
  finishLanding(order: LandOrder, plan: Extract<LandPlan, { kind: 'ready' }>): Promise<LandResult>;
  /** Removes branch and worktree of a landed task; the run's own refs stay. */
  cleanUpLanded(taskId: TaskId): Promise<void>;
}
