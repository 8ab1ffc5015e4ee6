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

const range = z.strictObject({ from: z.int().min(1), to: z.int().min(1), count: z.int().min(1) }).nullable();
const origin = z.string().regex(/^ai\/[0-9a-f]{16}$/);
const verifierKey = z.string().regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/);
const commit = z.string().regex(/^[0-9a-f]{40,64}$/);

const verdict = z.strictObject({
  ok: z.boolean(),
  status: z.enum(['ok', 'bad', 'undecidable']),
  events: z.int().min(0),
  headSeq: z.int().min(0).nullable(),
  headHash: digest.nullable(),
  origin: origin.nullable(),
  firstBadSeq: z.int().min(0).nullable(),
  problem: z.string().nullable(),
  problems: z.array(z.string()),
  undecided: z.array(z.string()),
  ranges: z.strictObject({ anchored: range, signed: range, unsigned: range }),
  checkpoints: z.int().min(0),
  anchors: z.int().min(0),
});

const exported = z.strictObject({
  path: z.string(),
  bundle: z.boolean(),
  format: z.enum(['jsonl', 'ocsf', 'in-toto']),
  origin: origin.nullable(),
  events: z.int().min(0).nullable(),
  size: z.int().min(1).nullable(),
  bytes: z.int().min(0),
  verifierKey: verifierKey.nullable(),
});

const bundleVerdict = z.strictObject({
  path: z.string(),
  ok: z.boolean(),
  origin: z.string().nullable(),
  events: z.int().min(0),
  withheld: z.int().min(0),
  size: z.int().min(0).nullable(),
  whole: z.boolean(),
  checkpoints: z.int().min(0),
  statements: z.int().min(0),
  verifierKey: z.string().nullable(),
  keyFrom: z.enum(['given', 'this machine', 'bundle']),
  firstBadSeq: z.int().min(1).nullable(),
  problem: z.string().nullable(),
});

const anchored = z.strictObject({ ref: z.string(), commit, origin, size: z.int().min(1), root: digest, verifierKey, isNew: z.boolean(), pushed: z.string().nullable() });

export const auditSchemas: Readonly<Record<AuditKind, z.ZodType>> = {
  // One line of `ai events --jsonl` and `ai task watch --jsonl`.
  event: auditEvent.extend({ schemaVersion: z.literal(1), kind: z.literal('event') }),
  'events.list': documentOf('events.list', z.array(auditEvent), uncountedPage),
  'audit.log': documentOf('audit.log', z.array(auditEvent), uncountedPage),
  'audit.verify': documentOf('audit.verify', verdict),
  'audit.verify-bundle': documentOf('audit.verify-bundle', bundleVerdict),
  'audit.anchor': documentOf('audit.anchor', anchored),
  'audit.export': documentOf('audit.export', exported),
  'audit.notes': documentOf('audit.notes', z.array(z.strictObject({ commit, added: z.int().min(0) }))),
  'audit.key': documentOf('audit.key', z.strictObject({ origin, verifierKey, folder: z.string() })),
};
