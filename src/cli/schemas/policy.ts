import * as z from 'zod';
import { APPROVAL_STATUSES } from '../../domain/policy/approval.js';
import { CHANGE_KINDS } from '../../domain/policy/analysis/diff-results.js';
import { FINDING_KINDS } from '../../domain/policy/analysis/results.js';
import { DECISION_CODES } from '../../domain/policy/decision.js';
import { EFFECTS } from '../../domain/policy/effect.js';
import { EVIDENCE_KINDS, LAYER_NAMES } from '../../domain/policy/layer.js';
import { POLICY_POINTS } from '../../domain/policy/point.js';
import { uncountedPage } from './audit.js';
import { documentOf, listOf, time } from './envelope.js';
import type { PolicyKind } from './kind-names.js';

const count = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const effect = z.enum(EFFECTS);
const layerName = z.enum(LAYER_NAMES);
const point = z.enum(POLICY_POINTS);
const texts = z.array(z.string());
const factValue = z.union([z.string(), z.boolean(), z.number(), texts]);
const at = z.string();
const nullableText = z.string().nullable();

const approvalTerms = z.strictObject({ count, from: texts, ttlMs: count });
const command = z.strictObject({ starts: texts, any: texts });
const rule = z.strictObject({
  id: z.string(),
  effect,
  on: z.array(point),
  agents: texts.nullable(),
  roles: texts.nullable(),
  labels: texts.nullable(),
  paths: texts.nullable(),
  except: texts,
  command: command.nullable(),
  skills: texts.nullable(),
  tasks: texts.nullable(),
  when: nullableText,
  approval: approvalTerms.nullable(),
  why: nullableText,
  locked: z.boolean(),
  overridable: z.array(layerName),
  at,
});
const fileOverride = z.strictObject({ id: z.string(), rule: z.string(), layer: layerName, reason: z.string(), expiresAtMs: z.int(), by: z.string(), at });
const layer = z.strictObject({
  layer: layerName,
  name: nullableText,
  source: z.string(),
  revision: nullableText,
  defaults: z.partialRecord(point, effect),
  rules: z.array(rule),
  limits: z.strictObject({ run: z.strictObject({ usd: nullableText, minutes: z.number().nullable(), toolCalls: z.number().nullable() }), day: z.strictObject({ usd: nullableText }) }),
  evidence: z.array(z.enum(EVIDENCE_KINDS)),
  teams: z.record(z.string(), texts),
  overrides: z.array(fileOverride),
});

const subject = z.strictObject({ agent: nullableText, roles: texts, labels: texts, user: z.string(), session: nullableText, run: nullableText, task: nullableText });
const action = z.strictObject({ name: z.string(), tool: nullableText, toolCall: nullableText });
const resource = z.strictObject({ kind: z.enum(['task', 'path', 'command', 'tool', 'url', 'skill', 'tree', 'policy']), id: z.string(), digest: nullableText });
const request = z.looseObject({ point, subject, action, resource, facts: z.record(z.string(), factValue), nowMs: z.int() });

const facts = z.record(z.string(), factValue.nullable());
const ruleTrace = z.strictObject({
  id: z.string(),
  layer: layerName,
  at,
  effect,
  result: z.enum(['match', 'no', 'error', 'overridden']),
  decisive: z.boolean(),
  path: nullableText,
  why: nullableText,
  when: z.strictObject({ text: z.string(), values: facts, error: nullableText }).nullable(),
  override: nullableText,
});
const decision = z.strictObject({
  effect,
  code: z.enum(DECISION_CODES),
  message: z.string(),
  fix: nullableText,
  rules: z.array(ruleTrace),
  considered: count,
  findings: z.array(z.strictObject({ path: z.string(), effect, rules: z.array(z.strictObject({ id: z.string(), layer: layerName, at, why: nullableText })) })),
  findingCount: count,
  facts,
  limits: z.array(z.strictObject({ name: z.string(), used: z.string(), limit: z.string() })),
  approval: approvalTerms.nullable(),
  approvals: texts,
});

const record = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^d-[0-9a-hjkmnp-tv-z]{10}$/),
  at: time,
  point,
  mode: z.enum(['enforce', 'observe']),
  subject,
  action,
  resource,
  decision,
  redacted: z.array(z.strictObject({ pointer: z.string(), how: z.enum(['masked', 'erased']) })),
  policy: z.strictObject({ digest, engine: z.string(), layers: z.array(z.strictObject({ layer: layerName, source: z.string(), revision: nullableText, digest })) }),
  input: z.strictObject({ sha256: digest }),
  evidence: z.array(z.strictObject({ kind: z.string(), sha256: digest, bytes: count })),
  tookUs: z.number().min(0),
});

const explanation = {
  decision,
  rules: z.array(z.strictObject({ id: z.string(), layer: layerName, at, effect, result: ruleTrace.shape.result, misfits: z.array(z.strictObject({ field: z.string(), wanted: z.string(), had: z.string() })) })),
  nearest: z.strictObject({ field: z.string(), from: z.string(), to: z.string(), effect }).nullable(),
};

const replayed = z.strictObject({
  id: z.string(),
  at: time,
  point,
  verdict: z.enum(['same', 'changed', 'outside']),
  effectChanged: z.boolean(),
  was: effect,
  is: effect,
  message: z.string(),
  rules: z.array(z.strictObject({ id: z.string(), layer: layerName, was: nullableText, is: nullableText, at: nullableText })),
  ownRequest: z.boolean(),
  ownPolicy: z.boolean(),
});
const replayCounts = { total: count, same: count, changed: count, outside: count, effectChanged: count, changes: z.array(replayed), incomplete: z.boolean() };

const approval = z.strictObject({
  id: z.string().regex(/^a-[0-9a-hjkmnp-tv-z]{6}$/),
  status: z.enum(APPROVAL_STATUSES),
  actionDigest: digest,
  record: z.string(),
  point,
  subject,
  action,
  resource,
  rules: z.array(z.strictObject({ id: z.string(), layer: layerName, why: nullableText })),
  terms: approvalTerms,
  approvers: texts,
  votes: z.array(z.strictObject({ by: z.string(), verdict: z.enum(['approve', 'deny']), reason: nullableText, at: time })),
  requestedAt: time,
  expiresAt: time,
  spentAt: time.nullable(),
  spentBy: nullableText,
});

const override = z.strictObject({
  id: z.string(),
  rule: z.string(),
  layer: layerName,
  agent: nullableText,
  task: nullableText,
  reason: z.string(),
  by: z.string(),
  status: z.enum(['in force', 'revoked', 'expired']),
  addedAt: time,
  expiresAt: time,
  revokedAt: time.nullable(),
  revokedBy: nullableText,
});

const example = z.strictObject({ rule: nullableText, at, expect: z.enum([...EFFECTS, 'none']), ok: z.boolean(), message: z.string() });
const finding = z.strictObject({ severity: z.enum(['error', 'warning']), code: z.string(), at, message: z.string(), hint: nullableText });
const validation = z.strictObject({
  ok: z.boolean(),
  layers: z.array(z.strictObject({ layer: layerName, source: z.string(), state: z.enum(['built-in', 'named', 'committed', 'modified', 'uncommitted', 'deleted', 'outside', 'missing']), rules: count.nullable() })),
  findings: z.array(finding),
  examples: z.strictObject({ run: count, failed: z.array(example) }),
});

const matched = z.strictObject({
  paths: z.array(
    z.strictObject({
      path: z.string(),
      unsafe: nullableText,
      point: z.literal('path.write'),
      effect,
      code: z.enum(DECISION_CODES),
      message: z.string(),
      rules: z.array(z.strictObject({ id: z.string(), layer: layerName, effect, at, points: z.array(point), terms: texts })),
    }),
  ),
  counts: z.array(z.strictObject({ id: z.string(), layer: layerName, at, files: count })).nullable(),
});

const reference = z.strictObject({ id: z.string(), layer: layerName, effect, at });
const conflicts = z.strictObject({
  ok: z.boolean(),
  conflicts: z.array(z.strictObject({ kind: z.enum(['contradiction', 'overlap']), verdict: z.enum(['conflict', 'possible']), stricter: reference, weaker: reference, points: z.array(point), witness: request.nullable(), sentence: z.string() })),
  findings: z.array(z.strictObject({ kind: z.enum(FINDING_KINDS), rule: reference, other: reference.nullable(), sentence: z.string() })),
  counts: z.strictObject({ rules: count, pairs: count, disjoint: count, conflict: count, possible: count, notSearched: count }),
});

const change = z.strictObject({ kind: z.enum(CHANGE_KINDS), direction: z.enum(['wider', 'narrower']), name: z.string(), layer: layerName.nullable(), at: nullableText, proved: z.boolean(), witness: request.nullable(), sentence: z.string() });
const diff = z.strictObject({ old: z.string(), next: z.string(), verdict: z.enum(['same', 'narrower', 'wider', 'incomparable']), widenings: z.array(change), narrowings: z.array(change) });

const checkFinding = z.strictObject({ rule: z.string(), layer: layerName.nullable(), at: nullableText, points: z.array(point), path: nullableText, commit: nullableText, message: z.string(), why: nullableText, fix: z.string() });
const check = z.strictObject({
  mode: z.enum(['staged', 'range', 'files', 'run']),
  base: nullableText,
  head: nullableText,
  policy: z.strictObject({ digest, layers: z.array(z.strictObject({ layer: layerName, source: z.string(), revision: nullableText, rules: count })) }).nullable(),
  considered: count,
  rules: z.array(z.strictObject({ id: z.string(), layer: layerName, effect, at, why: nullableText })),
  files: count,
  commits: count.nullable(),
  violations: z.array(checkFinding),
  asks: z.array(checkFinding),
  approved: z.array(checkFinding),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string(), path: nullableText })),
  omitted: count,
  undecidable: z.strictObject({ message: z.string(), hint: nullableText }).nullable(),
});

export const policySchemas: Readonly<Record<PolicyKind, z.ZodType>> = {
  'policy.init': documentOf('policy.init', z.strictObject({ pack: z.string(), packs: texts, path: nullableText, rules: count, text: nullableText })),
  'policy.validate': documentOf('policy.validate', validation),
  'policy.show': documentOf('policy.show', z.strictObject({ digest, isWritten: z.boolean(), uncommitted: texts, policy: z.strictObject({ engine: z.string(), layers: z.array(layer) }) })),
  'policy.match': documentOf('policy.match', matched),
  'policy.explain': documentOf('policy.explain', z.strictObject({ point, subject, ...explanation, policyDigest: digest, request })),
  'policy.test': documentOf('policy.test', z.strictObject({ ok: z.boolean(), run: count, failed: count, results: z.array(example) })),
  'policy.conflicts': documentOf('policy.conflicts', conflicts),
  'policy.diff': documentOf('policy.diff', diff),
  'policy.impact': documentOf('policy.impact', z.strictObject({ policy: z.string(), since: z.string(), ...replayCounts })),
  'policy.schema': documentOf('policy.schema', z.strictObject({ schema: z.record(z.string(), z.unknown()) })),
  'policy.check': documentOf('policy.check', check),
  'policy.override.add': documentOf('policy.override.add', override),
  'policy.override.list': listOf('policy.override.list', override),
  'policy.override.revoke': documentOf('policy.override.revoke', override),
  pdr: record,
  'pdr.list': documentOf('pdr.list', z.array(record), uncountedPage),
  'pdr.show': documentOf('pdr.show', record),
  'pdr.explain': documentOf('pdr.explain', z.strictObject({ id: z.string(), point, subject, ...explanation, byRules: effect })),
  'pdr.replay': documentOf('pdr.replay', replayed.extend({ policy: nullableText, ok: z.boolean() })),
  'pdr.replay-all': documentOf('pdr.replay-all', z.strictObject({ policy: nullableText, ok: z.boolean(), ...replayCounts })),
  approval,
  'approval.list': documentOf('approval.list', z.array(approval), uncountedPage),
  'approval.show': documentOf('approval.show', approval),
  'approval.approve': documentOf('approval.approve', approval),
  'approval.deny': documentOf('approval.deny', approval),
};
