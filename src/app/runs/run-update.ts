import type { AgentEvent } from '../../domain/run/agent-event.js';

/** What whoever watches a run in the foreground is told. */
export type RunUpdate =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'event'; readonly event: AgentEvent }
  | { readonly kind: 'note'; readonly text: string };

export interface StepTime {
  readonly step: string;
  readonly ms: number;
}
