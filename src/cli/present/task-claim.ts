import type { ClaimedTask } from '../../app/tasks/claim-task.js';
import type { Lease } from '../../domain/lease/lease.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { age } from '../time.js';
import { someOf, stamp } from './format.js';
import { leaseJson, taskJson } from './task-json.js';

const SHOWN_LOCKS = 10;

export function presentClaimed(claimed: ClaimedTask, nowMs: number): Answer {
  const { task, lease, locks } = claimed;
  return {
    kind: 'task.claim',
    data: { ...taskJson(task, nowMs), lease: leaseJson(lease) },
    ids: [task.id],
    text: (view) =>
      [
        `${view.style.green('✓')} ${escapeLine(lease.holder)} holds ${view.style.bold(task.id)} ${escapeLine(task.title)}`,
        `  token ${lease.token}, ${leaseEnd(lease, view)}`,
        ...(locks.length === 0 ? [] : [`  locked: ${someOf(locks.map(({ pattern, mode }) => (mode === 'shared' ? `${escapeLine(pattern)} (shared)` : escapeLine(pattern))), SHOWN_LOCKS)}`]),
        view.style.dim(`next: ai task start ${task.id} --token ${lease.token}   then heartbeat before the lease ends, and complete or fail`),
      ].join('\n'),
  };
}

export function presentHeartbeat(lease: Lease): Answer {
  const { taskId, stop, ttlMs } = lease;
  return {
    kind: 'task.heartbeat',
    data: { task: taskId, ...leaseJson(lease), ttlMs, stop: stop === null ? null : { kind: stop.kind, reason: stop.reason } },
    ids: [taskId],
    text: (view) => [`The lease on ${taskId} is renewed, ${leaseEnd(lease, view)}.`, ...(stop === null ? [] : [view.style.yellow(`You are asked to stop (${stop.kind})${stop.reason === null ? '' : `: ${escapeLine(stop.reason)}`}`)])].join('\n'),
  };
}

function leaseEnd(lease: Lease, { nowMs }: View): string {
  return `until ${stamp(lease.expiresAtMs)} UTC (in ${age(lease.expiresAtMs - nowMs)})`;
}
