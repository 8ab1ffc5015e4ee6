import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessEntry } from './process-table.js';
import type { ProofWriter } from './stop-proof.js';
import type { Sighting, Tracker } from './tracker.js';
import { waitUntil } from './wait.js';

const TERM_WAIT_MS = 500;
const KILL_WAIT_MS = 200;
/** A program that forks faster than it is found, or is stuck in the kernel, would keep us here for ever. */
const MAX_ROUNDS = 500;
const MAX_SWEEP_MS = 10_000;
/** An exec is over long before these are. */
const MAX_LOOKS = 10;
const NEXT_LOOK_MS = 5;

/**
 * Ends every process of the run that is left, wherever it went: TERM, a short wait, then KILL until
 * nothing is found, and the run's guards last. Answers what could not be ended.
 */
export async function sweep(tracker: Tracker, proof: ProofWriter): Promise<readonly ProcessEntry[]> {
  const endsAtMs = performance.now() + MAX_SWEEP_MS;
  let found = await lookUntilClear(tracker);
  for (let round = 0; round < MAX_ROUNDS && found.members.length > 0 && performance.now() < endsAtMs; round += 1) {
    const polite = round === 0;
    const waitedFor = found.members;
    const reached = tracker.signalEach(waitedFor, polite ? 'SIGTERM' : 'SIGKILL');
    proof.add(polite ? 'sweep_term' : 'sweep_kill', reached);
    const allGone = await waitUntil(() => tracker.stillAlive(waitedFor).length === 0, polite ? TERM_WAIT_MS : KILL_WAIT_MS);
    found = await lookUntilClear(tracker);
    // Alive and not ours to signal (it changed its user): more rounds would not change that.
    if (!polite && !allGone && reached.length === 0) break;
  }
  const guards = await endGuards(tracker, found);
  return [...found.members, ...guards];
}

async function endGuards(tracker: Tracker, found: Sighting): Promise<readonly ProcessEntry[]> {
  tracker.signalEach(found.guards, 'SIGKILL');
  await waitUntil(() => tracker.stillAlive(found.guards).length === 0, KILL_WAIT_MS);
  return tracker.stillAlive(found.guards);
}

/** That nothing was found means something only when every process could be judged. */
async function lookUntilClear(tracker: Tracker): Promise<Sighting> {
  let sighting = tracker.look();
  for (let looks = 1; looks < MAX_LOOKS && sighting.members.length === 0 && sighting.unclear; looks += 1) {
    await sleep(NEXT_LOOK_MS);
    sighting = tracker.look();
  }
  return sighting;
}
