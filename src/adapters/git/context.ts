import path from 'node:path';
import type { FencingToken, TaskId } from '../../domain/kernel/ids.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { Facts } from './facts.js';
import type { RunGit } from './run-git.js';
import type { Seals } from './seals.js';
import { makePrivateGitDir, privateView, type PrivateView } from './private-view.js';

/** What all operations of this folder share. */
export interface Context {
  readonly git: RunGit;
  readonly root: string;
  readonly aiFolder: string;
  readonly facts: () => Promise<Facts | null>;
  readonly home: string | null;
  /** Where git looks for the user's ignore rules when nothing else is configured. */
  readonly globalIgnoreFile: string | null;
  /** For operations on objects alone. Throws WORKSPACE_FAILED without a repository. */
  readonly objects: () => Promise<PrivateView>;
  readonly seals: Seals;
}

/** Throws WORKSPACE_FAILED where a repository is needed and there is none. */
export async function needFacts(context: Pick<Context, 'facts' | 'root'>): Promise<Facts> {
  const facts = await context.facts();
  if (facts !== null) return facts;
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `${context.root} is not in a git repository, so there are no worktrees.`, hint: 'git init, or ai task edit ID --isolation none' });
}

/** Objects of the repository seen without its configuration; attribute files of the main working tree count for merges. */
export async function makeObjectView(context: Pick<Context, 'root' | 'aiFolder' | 'facts'>): Promise<PrivateView> {
  const facts = await needFacts(context);
  const folder = path.join(context.aiFolder, 'run', 'git');
  await makePrivateGitDir(folder, facts.config);
  return privateView({ folder, workTree: context.root, indexFile: path.join(folder, 'index') }, facts);
}

/** One name for folder, registration, rescue ref and private state of a workspace. */
export function workspaceName(taskId: TaskId, token: FencingToken): string {
  return `${taskId}-${token}`;
}

export function worktreesFolder(aiFolder: string): string {
  return path.join(aiFolder, 'worktrees');
}

export function taskBranch(taskId: TaskId): string {
  return `ai/${taskId}`;
}
