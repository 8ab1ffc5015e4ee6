import * as z from 'zod';
import { ERROR_CLASSES } from '../../domain/run/error-class.js';
import { RUN_OUTCOMES } from '../../domain/run/run.js';
import { time } from './envelope.js';

const EVIDENCE_KINDS = ['patch', 'changed_files', 'checks', 'transcript', 'stderr', 'events', 'briefing', 'stop_proof', 'statement'] as const;

export const changedFile = z.strictObject({ path: z.string(), status: z.enum(['added', 'modified', 'deleted', 'type_changed']) });

const usage = z.strictObject({ inputTokens: z.int().min(0).nullable(), outputTokens: z.int().min(0).nullable(), costUsd: z.string().nullable() });

const evidence = z.strictObject({ kind: z.enum(EVIDENCE_KINDS), sha256: z.string().length(64), bytes: z.int().min(0) });

/** A run, as JSON. */
export const run = z.strictObject({
  id: z.string(),
  task: z.string(),
  agent: z.string(),
  connector: z.string(),
  attempt: z.int().min(1),
  outcome: z.enum(RUN_OUTCOMES).nullable(),
  errorClass: z.enum(ERROR_CLASSES).nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  sessionRef: z.string().nullable(),
  host: z.string(),
  workspace: z.string().nullable(),
  branch: z.string().nullable(),
  base: z.string().nullable(),
  head: z.string().nullable(),
  changedFiles: z.array(changedFile),
  outsideScope: z.array(z.string()),
  checks: z.array(z.strictObject({ command: z.string(), exitCode: z.int().nullable(), durationMs: z.int().min(0) })),
  usage,
  evidence: z.array(evidence),
  startedAt: time,
  finishedAt: time.nullable(),
});

/** The same with each item compared with its digest. */
export const runWithCheckedEvidence = run.extend({ evidence: z.array(evidence.extend({ state: z.enum(['ok', 'missing', 'altered']) })) });

const text = z.string();
const count = z.int().min(0).nullable();

/** What an agent does while it runs. */
const agentEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('started'), sessionRef: text.nullable(), model: text.nullable() }),
  z.strictObject({ type: z.literal('text'), delta: text }),
  z.strictObject({ type: z.literal('thought'), delta: text }),
  z.strictObject({ type: z.literal('tool_call'), id: text, name: text, input: z.unknown() }),
  z.strictObject({ type: z.literal('tool_result'), id: text, ok: z.boolean(), summary: text, denied: z.boolean() }),
  z.strictObject({ type: z.literal('file_change'), path: text, kind: z.enum(['added', 'modified', 'deleted']) }),
  z.strictObject({ type: z.literal('command'), text }),
  z.strictObject({ type: z.literal('usage'), inputTokens: count, outputTokens: count, costUsd: text.nullable(), cumulative: z.boolean() }),
  z.strictObject({ type: z.literal('progress'), percent: z.number().nullable(), note: text.nullable() }),
  z.strictObject({ type: z.literal('question'), text }),
  z.strictObject({ type: z.literal('error'), class: z.enum(ERROR_CLASSES), message: text, retryAfterMs: z.number().nullable() }),
  z.strictObject({ type: z.literal('result'), ok: z.boolean(), text, structured: z.unknown().optional() }),
  z.strictObject({ type: z.literal('raw'), stream: z.enum(['stdout', 'stderr']), text, truncated: z.boolean() }),
]);

export const runLogEntry = z.strictObject({ seq: z.int().min(1), at: time, run: text, event: agentEvent });

/** One line of `ai task logs --jsonl`. */
export const runEventLine = runLogEntry.extend({ schemaVersion: z.literal(1), kind: z.literal('run.event') });
