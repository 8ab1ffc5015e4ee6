import { AiError } from '../../../domain/kernel/errors.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import { parseText } from '../../../domain/kernel/text.js';
import type { Approval, ApprovalVote } from '../../../domain/policy/approval.js';
import type { AppDeps } from '../../deps.js';
import { resolveTaskId } from '../../tasks/resolve-id.js';
import { requirePerson, type PersonDeps } from './inside-run.js';
import { resolveApprovalId } from './resolve-id.js';

export interface ListApprovalsInput {
  readonly pending: boolean;
  readonly task: string | null;
  readonly limit: number;
}

/** Newest first. Throws TASK_NOT_FOUND. */
export async function listApprovals({ store }: Pick<AppDeps, 'store'>, input: ListApprovalsInput): Promise<readonly Approval[]> {
  const task = input.task === null ? null : await resolveTaskId(store, input.task);
  return store.listApprovals({ status: input.pending ? 'pending' : null, task }, input.limit);
}

/** Throws APPROVAL_NOT_FOUND, AMBIGUOUS_ID. */
export async function showApproval({ store }: Pick<AppDeps, 'store'>, idText: string): Promise<Approval> {
  return store.getApproval(await resolveApprovalId(store, idText));
}

export type VoteDeps = PersonDeps & Pick<AppDeps, 'clock'>;

export interface VoteInput {
  readonly id: string;
  readonly verdict: ApprovalVote['verdict'];
  readonly reason: string | null;
  /** The process that started this one. */
  readonly parentPid: number;
}

/**
 * Counts the vote of the person at the keyboard. Throws POLICY_DENIED for agents, for whoever asked for the approval, and for who is
 * not among the approvers; APPROVAL_CLOSED when it is decided already.
 */
export async function voteOnApproval(deps: VoteDeps, input: VoteInput): Promise<Approval> {
  await requirePerson(deps, { what: `${input.verdict} anything`, parentPid: input.parentPid });
  const approval = await showApproval(deps, input.id);
  requireApprover(approval, deps.actor, input.verdict);
  const reason = input.reason === null || input.reason.trim() === '' ? null : parseText(input.reason.trim(), { name: 'reason', max: LIMITS.reasonCharacters });
  return deps.store.voteOnApproval(approval.id, { by: deps.actor, verdict: input.verdict, reason, atMs: deps.clock.now().wallMs });
}

/** The store refuses the same; here the message names who could. */
function requireApprover(approval: Approval, actor: string, verdict: ApprovalVote['verdict']): void {
  const name = actor.replace(/^user:/, '');
  const isOwn = approval.subject.agent === null && approval.subject.user === name;
  if (isOwn) throw denied(`${approval.id} was asked for by ${name}, and nobody decides about their own action.`, `Ask ${namesOf(approval, name)} to run: ai approval ${verdict} ${approval.id}`);
  if (approval.approvers.length > 0 && !approval.approvers.includes(name)) throw denied(`${approval.id} is for ${namesOf(approval)} to decide, and you are ${name}.`, `Ask one of them to run: ai approval ${verdict} ${approval.id}`);
}

function namesOf({ approvers }: Approval, but?: string): string {
  const others = approvers.filter((approver) => approver !== but);
  return others.length === 0 ? 'somebody else' : others.join(', ');
}

const denied = (message: string, hint: string): AiError => new AiError({ code: 'POLICY_DENIED', message, hint });
