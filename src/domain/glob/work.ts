/** Counts comparisons, so that work on hostile patterns is bounded. */
export interface Work {
  steps: number;
  readonly maxSteps: number;
}

export const startWork = (maxSteps: number): Work => ({ steps: 0, maxSteps });
export const isSpent = (work: Work): boolean => work.steps > work.maxSteps;
