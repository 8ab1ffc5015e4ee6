import * as z from 'zod';
import { TASK_STATUSES } from '../../domain/task/task.js';
import { RUN_OUTCOMES, RUN_PHASES } from '../../domain/run/run.js';
import { documentOf, listOf, time } from './envelope.js';

export const helpDocument = documentOf('help', z.strictObject({ text: z.string() }));

export const versionDocument = documentOf('version', z.strictObject({ version: z.string(), node: z.string(), platform: z.string(), arch: z.string() }));

export const initDocument = documentOf(
  'init',
  z.strictObject({ root: z.string(), branch: z.string().nullable(), isRepository: z.boolean(), created: z.array(z.string()), next: z.array(z.string()) }),
);

const liveRun = z.strictObject({ id: z.string(), task: z.string(), agent: z.string(), phase: z.enum(RUN_PHASES), host: z.string(), startedAt: time, lastActivityAt: time });

const heldLease = z.strictObject({ task: z.string(), holder: z.string(), token: z.int(), run: z.string().nullable(), grantedAt: time, heartbeatAt: time, expiresAt: time });

const agentState = z.strictObject({ id: z.string(), connector: z.string(), enabled: z.boolean(), pausedReason: z.string().nullable(), liveRuns: z.int().min(0) });

export const statusDocument = documentOf(
  'status',
  z.strictObject({
    root: z.string(),
    branch: z.string().nullable(),
    tasks: z.record(z.enum(TASK_STATUSES), z.int().min(0)),
    ready: z.int().min(0),
    runs: z.array(liveRun),
    leases: z.array(heldLease),
    agents: z.array(agentState),
    problems: z.array(z.strictObject({ message: z.string(), hint: z.string() })),
  }),
);

export const doctorDocument = documentOf(
  'doctor',
  z.strictObject({
    healthy: z.boolean(),
    fixed: z.array(z.string()),
    checks: z.array(z.strictObject({ name: z.string(), state: z.enum(['ok', 'warning', 'problem', 'skipped']), message: z.string(), steps: z.array(z.string()) })),
  }),
);

export const schemaDocument = documentOf('schema', z.strictObject({ kind: z.string(), schema: z.record(z.string(), z.unknown()) }));

export const schemaListDocument = listOf('schema.list', z.strictObject({ kind: z.string() }));

const demoRun = z.strictObject({ task: z.string(), title: z.string(), agent: z.string(), outcome: z.enum(RUN_OUTCOMES).nullable(), changedPaths: z.array(z.string()), message: z.string().nullable() });

export const demoDocument = documentOf(
  'demo',
  z.strictObject({
    root: z.string(),
    runs: z.array(demoRun),
    landed: z.array(z.strictObject({ task: z.string(), commit: z.string().nullable() })),
    graph: z.strictObject({ tasks: z.array(z.strictObject({ id: z.string(), title: z.string(), status: z.enum(TASK_STATUSES), dependsOn: z.array(z.string()) })), edges: z.array(z.strictObject({ from: z.string(), to: z.string() })) }),
    audit: z.strictObject({ ok: z.boolean(), events: z.int() }),
    asTold: z.boolean(),
  }),
);
