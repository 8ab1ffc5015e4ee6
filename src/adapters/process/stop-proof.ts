import { performance } from 'node:perf_hooks';
import type { StopProof } from '../../ports/processes.js';
import type { ProcessEntry } from './process-table.js';

type Step = StopProof['steps'][number];

/** Collects what was done; a step that is repeated is written once, with every pid it reached. */
export interface ProofWriter {
  add(step: Step['step'], reached: readonly Pick<ProcessEntry, 'pid'>[]): void;
  finish(survivors: readonly Pick<ProcessEntry, 'pid'>[]): StopProof;
}

export function createProofWriter(): ProofWriter {
  const startedAtMs = performance.now();
  const pidsOfStep = new Map<Step['step'], Set<number>>();
  return {
    add(step, reached) {
      if (reached.length === 0) return;
      const pids = pidsOfStep.get(step) ?? new Set();
      for (const entry of reached) pids.add(entry.pid);
      pidsOfStep.set(step, pids);
    },
    finish: (survivors) => ({
      steps: [...pidsOfStep].map(([step, pids]) => ({ step, pids: [...pids] })),
      survivors: survivors.map((entry) => entry.pid),
      elapsedMs: Math.round(performance.now() - startedAtMs),
    }),
  };
}
