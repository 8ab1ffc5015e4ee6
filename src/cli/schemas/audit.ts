import * as z from 'zod';
import { documentOf, time } from './envelope.js';
import type { AuditKind } from './kind-names.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

export const auditEvent = z.strictObject({
  seq: z.int().min(1),
  at: time,
  type: z.string(),
  task: z.string().nullable(),
  run: z.string().nullable(),
  token: z.int().nullable(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
  prev: digest,
  hash: digest,
});

/** The number of all that match is not counted; `next` is the sequence number to go on after. */
export const uncountedPage = z.looseObject({ total: z.null(), next: z.string().nullable() });

const verdict = z.strictObject({
  ok: z.boolean(),
  events: z.int().min(0),
  headSeq: z.int().min(0).nullable(),
  headHash: digest.nullable(),
  firstBadSeq: z.int().min(0).nullable(),
  problem: z.string().nullable(),
});

export const auditSchemas: Readonly<Record<AuditKind, z.ZodType>> = {
  // One line of `ai events --jsonl` and `ai task watch --jsonl`.
  event: auditEvent.extend({ schemaVersion: z.literal(1), kind: z.literal('event') }),
  'events.list': documentOf('events.list', z.array(auditEvent), uncountedPage),
  'audit.log': documentOf('audit.log', z.array(auditEvent), uncountedPage),
  'audit.verify': documentOf('audit.verify', verdict),
};
