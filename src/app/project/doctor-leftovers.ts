import type { AppDeps } from '../deps.js';
import type { Check } from './check.js';

const SHOWN = 20;

/** What a killed `ai` left and nobody has put right yet. */
export async function checkLeftovers(deps: Pick<AppDeps, 'store' | 'processes' | 'host' | 'clock'>): Promise<Check[]> {
  const runs = await deps.store.listLiveRuns();
  const leases = await deps.store.listExpiredLeases(SHOWN);
  const here = runs.filter((run) => run.host === deps.host);
  const processes = here.length === 0 ? undefined : await deps.processes();
  const dead = here.filter((run) => processes?.isAlive(run.supervisor) === false);
  const problems = [
    ...dead.slice(0, SHOWN).map((run) => `Run ${run.id} of ${run.taskId} has lost its supervisor in phase ${run.phase}.`),
    ...leases.filter((lease) => lease.runId === null).map((lease) => `The lease of ${lease.holder} on ${lease.taskId} has expired.`),
  ];
  if (problems.length === 0) return [{ name: 'leftovers', state: 'ok', message: `${runs.length} live ${runs.length === 1 ? 'run' : 'runs'}, nothing left behind`, steps: [] }];
  return problems.map((message) => ({ name: 'leftovers', state: 'problem', message, steps: ['ai doctor --fix'] }));
}
