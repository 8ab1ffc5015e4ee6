import type { PolicyLayer } from '../layer.js';

/** All layers, the one under examination, and the time of the question in ms since epoch. */
export interface LayerView {
  readonly layer: PolicyLayer;
  /** From the widest to the one directly above. */
  readonly above: readonly PolicyLayer[];
  readonly nowMs: number;
}
