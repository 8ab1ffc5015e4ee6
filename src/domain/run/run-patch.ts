import type { Run } from './run.js';

/** Fields of a run that change while it goes on; absent ones stay. */
export type RunPatch = Partial<Omit<Run, 'id' | 'taskId' | 'token' | 'attempt' | 'agent' | 'connector' | 'host' | 'startedAtMs'>>;
