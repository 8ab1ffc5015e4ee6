import { listApprovals, showApproval, voteOnApproval } from '../../../app/policy/tools/approvals.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { Answer } from '../../io.js';
import { presentApproval, presentApprovals } from '../../present/approval.js';
import type { ProjectContext } from '../../shell.js';
import { wholeNumber } from '../options.js';

interface ListOptions {
  readonly pending?: boolean;
  readonly task?: string;
  readonly limit?: string;
}

const DEFAULT_LIMIT = 50;

export async function runList({ deps, nowMs }: ProjectContext, _args: readonly [], options: ListOptions): Promise<Answer> {
  const limit = options.limit === undefined ? DEFAULT_LIMIT : wholeNumber(options.limit, { name: '--limit', min: 1, max: LIMITS.listPage });
  const pending = options.pending === true;
  return presentApprovals(await listApprovals(deps, { pending, task: options.task ?? null, limit }), { pending, limit, nowMs });
}

export async function runShow({ deps, nowMs }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentApproval('approval.show', await showApproval(deps, id), nowMs);
}

export async function runApprove({ deps, nowMs }: ProjectContext, [id]: readonly [string], { reason }: { readonly reason?: string }): Promise<Answer> {
  return presentApproval('approval.approve', await voteOnApproval(deps, { id, verdict: 'approve', reason: reason ?? null, parentPid: process.ppid }), nowMs);
}

export async function runDeny({ deps, nowMs }: ProjectContext, [id]: readonly [string], { reason }: { readonly reason: string }): Promise<Answer> {
  return presentApproval('approval.deny', await voteOnApproval(deps, { id, verdict: 'deny', reason, parentPid: process.ppid }), nowMs);
}
