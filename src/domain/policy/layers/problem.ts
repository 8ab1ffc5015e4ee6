import type { LayerName, PolicyLayer } from '../layer.js';

export const LAYER_PROBLEM_CODES = [
  'layer-repeated',
  'rule-repeated',
  'default-weakened',
  'override-unknown-rule',
  'override-not-permitted',
  'override-wrong-layer',
  'override-without-reason',
  'override-too-long',
  'team-widened',
  'team-unknown',
  'limit-invalid',
] as const;
export type LayerProblemCode = (typeof LAYER_PROBLEM_CODES)[number];

/** What a layer says and may not. Always an error. */
export interface LayerProblem {
  readonly code: LayerProblemCode;
  readonly layer: LayerName;
  readonly source: string;
  /** `file:line:column`, or null when it is not about one place. */
  readonly at: string | null;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

export function layerProblem(layer: PolicyLayer, problem: Pick<LayerProblem, 'code' | 'at' | 'message' | 'hint'>): LayerProblem {
  return { ...problem, layer: layer.layer, source: layer.source };
}
