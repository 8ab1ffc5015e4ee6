import type { Task } from '../../domain/task/task.js';

/** What a claimant asks policy, task after task. */
export interface ClaimGate {
  /** True when it may be claimed; throws POLICY_DENIED or APPROVAL_REQUIRED, and then the task waits for the approval. */
  require(task: Task): Promise<void>;
  /** The same for one of many: refusals are counted and not asked again. */
  allows(task: Task): Promise<boolean>;
  readonly refused: number;
}
