import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessEntry } from './process-table.js';
import type { ProofWriter } from './stop-proof.js';
import type { Sighting, Tracker } from './tracker.js';
import { waitUntil } from './wait.js';

const TERM_WAIT_MS = 500;
const KILL_WAIT_MS = 200;
/** A process that forks faster than it is found would keep us here for ever. */
const MAX_ROUNDS = 50;
/** The kernel shows an empty environment during an exec; it is over long before this. */
const SECOND_LOOK_MS = 10;

/**
 * Ends every process of the run that is left, wherever it went: TERM, a short wait, then KILL until
 * a look finds nothing, and the run's guards last. Answers what could not be ended.
 */
export async function sweep(tracker: Tracker, proof: ProofWriter): Promise<readonly ProcessEntry[]> {
  let found = await lookUntilClear(tracker, tracker.look());
  for (let round = 0; round < MAX_ROUNDS && found.members.length > 0; round += 1) {
    const polite = round === 0;
    const reached = tracker.signalEach(found.members, polite ? 'SIGTERM' : 'SIGKILL');
    proof.add(polite ? 'sweep_term' : 'sweep_kill', reached);
    const waitedFor = found.members;
    await waitUntil(() => tracker.stillAlive(waitedFor).length === 0, polite ? TERM_WAIT_MS : KILL_WAIT_MS);
    found = await lookUntilClear(tracker, tracker.look(), true);
    if (!polite && reached.length === 0 && tracker.stillAlive(waitedFor).length > 0) break;
  }
  const guards = await endGuards(tracker, found);
  return [...found.members, ...guards];
}

async function endGuards(tracker: Tracker, found: Sighting): Promise<readonly ProcessEntry[]> {
  tracker.signalEach(found.guards, 'SIGKILL');
  await waitUntil(() => tracker.stillAlive(found.guards).length === 0, KILL_WAIT_MS);
  return tracker.stillAlive(found.guards);
}

/**
 * One empty look proves little: a child may have been in the middle of an exec, or born behind the
 * place that the scan had reached. It is confirmed once where either can have happened.
 */
async function lookUntilClear(tracker: Tracker, first: Sighting, someWereFound = false): Promise<Sighting> {
  if (first.members.length > 0 || !(first.unclear || someWereFound)) return first;
  await sleep(SECOND_LOOK_MS);
  return tracker.look();
}
