import type { Decision } from './decision.js';
import type { LayerName } from './layer.js';
import type { PolicyPoint } from './point.js';
import type { Resource, Subject } from './request.js';

/**
 * The record of one decision (PDR), written before the action that it allows. `tookUs` and `id`, `atMs` apart it is a
 * pure function of the request and the policy, which are kept under their digests: it can be made again, byte by byte.
 */
export interface DecisionRecord {
  readonly v: 1;
  /** `d-` and ten characters. */
  readonly id: string;
  readonly atMs: number;
  readonly point: PolicyPoint;
  /** `observe`: was asked what would be, nothing depended on it. */
  readonly mode: 'enforce' | 'observe';
  readonly subject: Subject;
  readonly action: { readonly name: string; readonly tool: string | null; readonly toolCall: string | null };
  readonly resource: Resource;
  readonly decision: Decision;
  /** Where secrets were taken out of the request, as JSON pointers, before anything was hashed. */
  readonly redacted: readonly { readonly pointer: string; readonly how: 'masked' | 'erased' }[];
  readonly policy: { readonly digest: string; readonly engine: string; readonly layers: readonly { readonly layer: LayerName; readonly source: string; readonly revision: string | null; readonly digest: string }[] };
  /** SHA-256 of the canonical JSON of the request. */
  readonly input: { readonly sha256: string };
  readonly evidence: readonly { readonly kind: string; readonly sha256: string; readonly bytes: number }[];
  readonly tookUs: number;
}
