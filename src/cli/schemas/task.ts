import * as z from 'zod';
import { ERROR_CLASSES } from '../../domain/run/error-class.js';
import { ISOLATIONS, PRIORITIES, TASK_STATUSES } from '../../domain/task/task.js';
import { auditEvent, uncountedPage } from './audit.js';
import { documentOf, listOf, time } from './envelope.js';
import type { TaskKind } from './kind-names.js';
import { changedFile, run, runEventLine, runLogEntry, runWithCheckedEvidence } from './run.js';
import { subtask } from './subtask.js';

const words = z.array(z.string());
const status = z.enum(TASK_STATUSES);
const lock = z.strictObject({ pattern: z.string(), mode: z.enum(['exclusive', 'shared']) });
const lease = z.strictObject({ holder: z.string(), token: z.int().min(1), grantedAt: time, heartbeatAt: time, expiresAt: time });

/** A task, as JSON. */
const task = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  type: z.string(),
  status,
  ready: z.boolean(),
  priority: z.enum(PRIORITIES),
  dependsOn: words,
  blockedBy: words,
  blockedReason: z.string().nullable(),
  locks: z.array(lock),
  labels: words,
  requires: words,
  skills: words,
  agent: z.string().nullable(),
  project: z.string().nullable(),
  parent: z.string().nullable(),
  verify: words,
  isolation: z.enum(ISOLATIONS),
  timeoutMs: z.int().min(1).nullable(),
  budgetUsd: z.string().nullable(),
  attempt: z.int().min(0),
  maxAttempts: z.int().min(1),
  notBefore: time.nullable(),
  progress: z.number().min(0).max(100),
  progressNote: z.string().nullable(),
  lease: lease.nullable(),
  // Any JSON value that the worker handed over.
  result: z.unknown(),
  error: z.strictObject({ class: z.enum(ERROR_CLASSES), message: z.string() }).nullable(),
  createdAt: time,
  updatedAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});

const detail = task.extend({ targetBranch: z.string().nullable(), revision: z.int().min(0), subtasks: z.array(subtask), dependents: words, lastRun: run.nullable() });

const heartbeat = lease.extend({ task: z.string(), ttlMs: z.int().min(1), stop: z.strictObject({ kind: z.enum(['cancel', 'pause', 'block', 'skip']), reason: z.string().nullable() }).nullable() });

const conflict = z.strictObject({ wanted: lock, held: lock, holderTask: z.string(), holder: z.string().nullable(), token: z.int().nullable(), witness: z.string() });

const message = z.string();
const obstacle = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), message, status, reason: z.string().nullable() }),
  z.strictObject({ kind: z.literal('dependencies'), message, unfinished: z.array(z.strictObject({ id: z.string(), status })) }),
  z.strictObject({ kind: z.literal('not_due'), message, notBefore: time }),
  z.strictObject({ kind: z.literal('capabilities'), message, missing: words }),
  z.strictObject({ kind: z.literal('lease'), message, lease }),
  z.strictObject({ kind: z.literal('locks'), message, conflicts: z.array(conflict) }),
  z.strictObject({ kind: z.literal('former_process'), message, run: z.string() }),
]);

const why = z.strictObject({
  task,
  claimable: z.boolean(),
  obstacles: z.array(obstacle),
  agents: z.array(z.strictObject({ agent: z.string(), eligible: z.boolean(), score: z.number(), reasons: words })),
  attempts: z.strictObject({ failures: z.int().min(0), lost: z.int().min(0), maxAttempts: z.int().min(1) }),
});

const plan = z.strictObject({
  task,
  agent: z.string(),
  connector: z.string(),
  version: z.string().nullable(),
  argv: words,
  environment: words,
  isolation: z.enum(ISOLATIONS),
  targetBranch: z.string().nullable(),
  locks: z.array(lock),
  verify: words,
  timeoutMs: z.int().min(1),
  continues: z.string().nullable(),
  obstacles: z.array(obstacle),
  conflicts: z.array(conflict),
});

const graph = z.strictObject({
  tasks: z.array(z.strictObject({ id: z.string(), title: z.string(), status, dependsOn: words })),
  edges: z.array(z.strictObject({ from: z.string(), to: z.string() })),
  truncated: z.boolean(),
});

const diff = z.strictObject({
  run: z.string(),
  base: z.string().nullable(),
  head: z.string().nullable(),
  changedFiles: z.array(changedFile),
  patch: z.string().nullable(),
  patchBase64: z.string().nullable(),
});

const imported = z.strictObject({ id: z.string().nullable(), name: z.string().nullable(), title: z.string() });

export const taskSchemas: Readonly<Record<TaskKind, z.ZodType>> = {
  task,
  run,
  'run.event': runEventLine,
  'task.create': documentOf('task.create', task),
  'task.import': listOf('task.import', imported),
  'task.list': listOf('task.list', task),
  'task.show': documentOf('task.show', detail),
  'task.edit': documentOf('task.edit', task),
  'task.delete': documentOf('task.delete', z.strictObject({ id: z.string(), keptBranch: z.string().nullable() })),
  'task.cancel': documentOf('task.cancel', task),
  'task.retry': documentOf('task.retry', task),
  'task.pause': documentOf('task.pause', task),
  'task.resume': documentOf('task.resume', task),
  'task.skip': documentOf('task.skip', task),
  'task.block': documentOf('task.block', task),
  'task.unblock': documentOf('task.unblock', task),
  'task.claim': documentOf('task.claim', task.extend({ lease })),
  'task.heartbeat': documentOf('task.heartbeat', heartbeat),
  'task.start': documentOf('task.start', task),
  'task.progress': documentOf('task.progress', task),
  'task.complete': documentOf('task.complete', task),
  'task.fail': documentOf('task.fail', task),
  'task.release': documentOf('task.release', task),
  'task.why': documentOf('task.why', why),
  'task.timeline': documentOf('task.timeline', z.strictObject({ id: z.string(), events: z.array(auditEvent), runs: z.array(run), truncated: z.boolean() })),
  'task.graph': documentOf('task.graph', graph),
  'task.plan': documentOf('task.plan', plan),
  'task.execute': documentOf('task.execute', z.strictObject({ task, run })),
  'task.detached': documentOf('task.detached', z.strictObject({ task: z.string(), agent: z.string(), pid: z.int().min(1), logFile: z.string() })),
  'task.logs': documentOf('task.logs', z.array(runLogEntry), uncountedPage),
  'task.diff': documentOf('task.diff', diff),
  'task.evidence': documentOf('task.evidence', z.strictObject({ task, runs: z.array(runWithCheckedEvidence), complete: z.boolean() })),
  'task.watch': listOf('task.watch', task),
  'task.merge': documentOf('task.merge', z.strictObject({ task, commit: z.string().nullable(), target: z.string(), planned: z.boolean(), changedPaths: words })),
};
