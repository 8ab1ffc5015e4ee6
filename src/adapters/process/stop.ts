import type { ProcessIdentity } from '../../domain/run/run.js';
import type { StopProof, StopTimes } from '../../ports/processes.js';
import { isAlive, isOfThisBoot } from './machine.js';
import type { Machine } from './machine.js';
import type { ProcessEntry } from './process-table.js';
import { createProofWriter } from './stop-proof.js';
import type { ProofWriter } from './stop-proof.js';
import { sweep } from './sweep.js';
import { createTracker } from './tracker.js';
import type { Tracker } from './tracker.js';
import { waitUntil } from './wait.js';

/** A process in an uninterruptible system call leaves only when that call returns. */
const GROUP_KILL_WAIT_MS = 2_000;

export interface StopOptions {
  readonly times: StopTimes;
  readonly interrupt?: (() => void) | undefined;
}

/** The whole ladder of Processes.stop. */
export async function stopRun(machine: Machine, identity: ProcessIdentity, options: StopOptions): Promise<StopProof> {
  const proof = createProofWriter();
  if (!isPursuable(machine, identity)) return proof.finish([]);
  const tracker = createTracker(machine, identity);
  await askLeader(machine, identity, { options, proof, tracker });
  return proof.finish(await endAll(tracker, identity, { proof, sigtermMs: options.times.sigtermMs }));
}

/** Processes.sweep: no ladder, since the leader has finished. */
export async function sweepRun(machine: Machine, identity: ProcessIdentity): Promise<StopProof> {
  const proof = createProofWriter();
  if (!isPursuable(machine, identity)) return proof.finish([]);
  return proof.finish(await sweep(createTracker(machine, identity), proof));
}

/** Processes.sweepMarker. */
export async function sweepMarker(machine: Machine, marker: string): Promise<StopProof> {
  const proof = createProofWriter();
  if (marker === '') return proof.finish([]);
  return proof.finish(await sweep(createTracker(machine, { pid: null, marker }), proof));
}

/** False for a process of another host or boot, of which nothing can be here, and for ourselves. */
export function isPursuable(machine: Machine, identity: ProcessIdentity): boolean {
  return isOfThisBoot(machine, identity) && identity.pid !== machine.ownPid;
}

/** TERM and KILL to the group, then the sweep. Answers what could not be ended. */
export async function endAll(tracker: Tracker, run: { readonly pgid: number }, ending: { readonly proof: ProofWriter; readonly sigtermMs: number }): Promise<readonly ProcessEntry[]> {
  const { proof, sigtermMs } = ending;
  await endGroup(tracker, run.pgid, { signal: 'SIGTERM', step: 'sigterm', waitMs: sigtermMs, proof });
  await endGroup(tracker, run.pgid, { signal: 'SIGKILL', step: 'sigkill', waitMs: GROUP_KILL_WAIT_MS, proof });
  return sweep(tracker, proof);
}

interface Asking {
  readonly options: StopOptions;
  readonly proof: ProofWriter;
  readonly tracker: Tracker;
}

async function askLeader(machine: Machine, identity: ProcessIdentity, { options, proof, tracker }: Asking): Promise<void> {
  const isGone = (): boolean => !isAlive(machine, identity);
  // Every step begins with a look, because descendants lose their parents when the leader goes.
  const seeLeader = (): readonly ProcessEntry[] => tracker.look().members.filter((entry) => entry.pid === identity.pid);
  if (options.interrupt !== undefined && seeLeader().length > 0) {
    proof.add('interrupt', [identity]);
    callInterrupt(options.interrupt);
    await waitUntil(isGone, options.times.interruptMs);
  }
  const asked = tracker.signalEach(seeLeader(), 'SIGINT');
  proof.add('sigint', asked);
  if (asked.length > 0) await waitUntil(isGone, options.times.sigintMs);
}

function callInterrupt(interrupt: () => void): void {
  try {
    interrupt();
  } catch {
    // The client's own channel is often broken when a run has to be stopped; the signals that follow do not need it.
  }
}

interface GroupStep {
  readonly signal: 'SIGTERM' | 'SIGKILL';
  readonly step: 'sigterm' | 'sigkill';
  readonly waitMs: number;
  readonly proof: ProofWriter;
}

async function endGroup(tracker: Tracker, pgid: number, { signal, step, waitMs, proof }: GroupStep): Promise<void> {
  const inGroup = (): readonly ProcessEntry[] => tracker.look().members.filter((entry) => entry.pgid === pgid);
  let group = inGroup();
  if (group.length === 0) return;
  // Where the group can't be signalled as a whole, its members that are ours still can.
  proof.add(step, tracker.signalGroup(signal) ? group : tracker.signalEach(group, signal));
  await waitUntil(() => {
    group = tracker.stillAlive(group);
    if (group.length === 0) group = inGroup();
    return group.length === 0;
  }, waitMs);
}
