import { canonicalJson } from '../../audit/canonical-json.js';
import type { Decision } from '../decision.js';
import type { DecisionRecord } from '../decision-record.js';
import type { CompiledPolicy } from '../evaluate/compile-policy.js';
import type { Sha256 } from '../layers/digest.js';
import type { DecisionRequest } from '../request.js';
import { requestJson } from './bodies.js';

export interface RecordInput {
  readonly request: DecisionRequest;
  readonly decision: Decision;
  readonly compiled: CompiledPolicy;
  readonly id: string;
  readonly atMs: number;
  /** Microseconds that deciding took. */
  readonly tookUs: number;
  readonly mode: DecisionRecord['mode'];
  readonly redacted: DecisionRecord['redacted'];
  readonly evidence: DecisionRecord['evidence'];
  readonly sha256: Sha256;
}

/** The record of a decision. The bodies that it names are `requestJson(request)` and `compiled.json()`. Throws INVALID_INPUT when the request can't be recorded. */
export function makeRecord(input: RecordInput): DecisionRecord {
  const { request, compiled, sha256 } = input;
  const layers = compiled.policy.layers.map((layer) => ({ layer: layer.layer, source: layer.source, revision: layer.revision, digest: sha256(canonicalJson(layer)) }));
  return {
    v: 1,
    id: input.id,
    atMs: input.atMs,
    point: request.point,
    mode: input.mode,
    subject: request.subject,
    action: request.action,
    resource: request.resource,
    decision: input.decision,
    redacted: input.redacted,
    policy: { digest: compiled.digest(sha256), engine: compiled.policy.engine, layers },
    input: { sha256: sha256(requestJson(request)) },
    evidence: input.evidence,
    tookUs: input.tookUs,
  };
}
