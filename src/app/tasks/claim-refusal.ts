import { unreachable } from '../../domain/kernel/assert.js';
import { AiError } from '../../domain/kernel/errors.js';
import { describeConflict } from '../../domain/lock/path-lock.js';
import { describeHolder, toIso } from '../../domain/task/transitions.js';
import type { ClaimObstacle, Task } from '../../domain/task/task.js';
import { microsToUsd } from '../../domain/policy/money.js';
import type { ClaimOutcome } from '../../ports/lease-store.js';

type Refusal = Exclude<ClaimOutcome, { kind: 'granted' }>;

/** The one place that puts a refused claim into words. */
export function refusedClaim(outcome: Refusal): AiError {
  switch (outcome.kind) {
    case 'nothing_claimable':
      return nothingClaimable(outcome);
    case 'agent_busy':
      return new AiError({ code: 'AGENT_UNAVAILABLE', message: `The agent works on ${outcome.liveRuns} task(s) already, which is its limit.`, hint: 'ai agent update ID --concurrency N', retryable: true, details: { liveRuns: outcome.liveRuns } });
    case 'refused':
      return obstacleError(outcome.task, outcome.obstacle);
    case 'budget':
      return budgetError(outcome);
    default:
      return unreachable(outcome);
  }
}

function budgetError({ day, usedMicros, limitMicros }: Extract<Refusal, { kind: 'budget' }>): AiError {
  const [used, limit] = [usedMicros, limitMicros].map(microsToUsd);
  return new AiError({
    code: 'BUDGET_EXHAUSTED',
    message: `The limit of the day (${day}, UTC) is ${limit} US dollars, and ${used} of it are spent or reserved: what is left is not enough for this run.`,
    hint: 'Wait for the next day, or raise limits.day.usd in .ai/policy.yaml and commit it.',
    retryable: true,
    details: { day, usedUsd: used, limitUsd: limit },
  });
}

function nothingClaimable(outcome: Extract<Refusal, { kind: 'nothing_claimable' }>): AiError {
  const reasons = [
    ...(outcome.blockedByLocks > 0 ? [`${outcome.blockedByLocks} wait for path locks`] : []),
    ...((outcome.refusedByPolicy ?? 0) > 0 ? [`${outcome.refusedByPolicy} are refused or held back by policy (ai pdr list --point task.claim)`] : []),
    ...(outcome.withoutCapability > 0 ? [`${outcome.withoutCapability} need other capabilities`] : []),
  ];
  return new AiError({
    code: 'NOTHING_CLAIMABLE',
    message: `No task can be claimed now${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`,
    hint: 'ai task list --ready',
    retryable: true,
    details: { blockedByLocks: outcome.blockedByLocks, withoutCapability: outcome.withoutCapability },
  });
}

function obstacleError(task: Task, obstacle: ClaimObstacle): AiError {
  const why = describeObstacle(obstacle);
  const base = { message: `${task.id} can't be claimed: ${why}.`, retryable: true, details: { task: task.id, obstacle: obstacleDetails(obstacle) } };
  switch (obstacle.kind) {
    case 'lease':
      return new AiError({ ...base, code: 'LEASE_HELD', hint: `ai task show ${task.id}` });
    case 'locks':
      return new AiError({ ...base, code: 'PATH_LOCKED', hint: `ai task why ${task.id}` });
    case 'former_process':
      return new AiError({ ...base, code: 'FORMER_PROCESS_ALIVE', hint: 'ai doctor --fix' });
    case 'not_due':
      return new AiError({ ...base, code: 'NOT_CLAIMABLE', hint: `ai task retry ${task.id}` });
    case 'status':
    case 'dependencies':
    case 'capabilities':
      return new AiError({ ...base, code: 'NOT_CLAIMABLE', hint: `ai task why ${task.id}`, retryable: obstacle.kind === 'dependencies' });
    default:
      return unreachable(obstacle);
  }
}

/** Half a sentence for people: "it waits for t-1 (running)". */
export function describeObstacle(obstacle: ClaimObstacle): string {
  switch (obstacle.kind) {
    case 'status':
      return obstacle.reason === null ? `it is ${obstacle.status}` : `it is ${obstacle.status}: ${obstacle.reason}`;
    case 'dependencies':
      return `it waits for ${obstacle.unfinished.map((dependency) => `${dependency.id} (${dependency.status})`).join(', ')}`;
    case 'not_due':
      return `it is not due before ${toIso(obstacle.notBeforeMs)}`;
    case 'capabilities':
      return `it needs ${obstacle.missing.join(', ')}`;
    case 'lease':
      return describeHolder(obstacle.lease);
    case 'locks':
      return obstacle.conflicts.map(describeConflict).join('; ');
    case 'former_process':
      return `a process of its former run ${obstacle.runId} is still alive`;
    default:
      return unreachable(obstacle);
  }
}

function obstacleDetails(obstacle: ClaimObstacle): Record<string, unknown> {
  if (obstacle.kind !== 'lease') return { ...obstacle };
  const { holder, token, expiresAtMs } = obstacle.lease;
  return { kind: 'lease', holder, token, expiresAt: toIso(expiresAtMs) };
}
