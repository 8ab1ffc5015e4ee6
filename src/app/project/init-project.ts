import { isAiError } from '../../domain/kernel/errors.js';
import type { AppDeps } from '../deps.js';

export interface InitialisedProject {
  readonly root: string;
  readonly branch: string | null;
  readonly isRepository: boolean;
  /** Relative to the root; empty when everything was there. */
  readonly created: readonly string[];
  /** What will not work yet, and why. */
  readonly warnings: readonly string[];
  /** The three commands that a person types next. */
  readonly next: readonly string[];
}

/** Looks at a control plane that was just made or found: what is missing, and what comes next. */
export async function initProject(deps: Pick<AppDeps, 'place' | 'store' | 'workspaces'>, { created, hasPolicy }: { readonly created: readonly string[]; readonly hasPolicy: boolean }): Promise<InitialisedProject> {
  const { root, currentBranch, isRepository } = deps.place;
  const agents = await deps.store.listAgents();
  const agent = agents.find((candidate) => candidate.enabled);
  return {
    root,
    branch: currentBranch,
    isRepository,
    created,
    warnings: isRepository ? await repositoryWarnings(deps) : ['This is no git repository: tasks run in place, one worktree each needs `git init` and a first commit.'],
    next: nextCommands(agent?.id, hasPolicy),
  };
}

const NEXT_COMMANDS = 3;

function nextCommands(agent: string | undefined, hasPolicy: boolean): string[] {
  const policy = hasPolicy ? [] : ['ai policy init'];
  const work = agent === undefined ? ['ai agent detect', 'ai task create "What should be done"', 'ai status'] : ['ai agent list', 'ai task create "What should be done"', `ai task execute ID --agent ${agent}`];
  return [...policy, ...work].slice(0, NEXT_COMMANDS);
}

async function repositoryWarnings(deps: Pick<AppDeps, 'workspaces'>): Promise<string[]> {
  try {
    const state = await (await deps.workspaces()).repository();
    const isUnborn = state.kind === 'git' && state.headCommit === null;
    return isUnborn ? ['This repository has no commit yet: a worktree needs one to start from. Commit something before you execute a task.'] : [];
  } catch (error) {
    if (!isAiError(error)) throw error;
    return [error.message];
  }
}
