import type { Task } from '../../domain/task/task.js';

const SETTLED = { paused: 'resume', review: 'merge', failed: 'retry', cancelled: 'retry', skipped: 'retry', done: 'timeline' } as const;

/** The command that a person most likely wants next. */
export function nextCommand(task: Task): string {
  switch (task.status) {
    case 'queued':
      return `ai task ${task.parkedOn === null ? 'execute' : 'why'} ${task.id}`;
    case 'blocked':
      return `ai task ${task.blockedReason === null ? 'why' : 'unblock'} ${task.id}`;
    case 'claimed':
    case 'running':
      return leasedCommand(task);
    default:
      return `ai task ${SETTLED[task.status]} ${task.id}`;
  }
}

function leasedCommand({ id, status, lease }: Extract<Task, { status: 'claimed' | 'running' }>): string {
  if (lease.runId !== null) return `ai task logs ${id} -f`;
  return status === 'claimed' ? `ai task start ${id} --token ${lease.token}` : `ai task complete ${id} --token ${lease.token}`;
}
