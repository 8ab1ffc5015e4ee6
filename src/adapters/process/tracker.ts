import type { ProcessIdentity } from '../../domain/run/run.js';
import { isGateCommand } from './gate-script.js';
import { isSameLiveProcess } from './machine.js';
import type { Machine } from './machine.js';
import { membersOf, withDescendants } from './membership.js';
import type { MarkerSearch, ProcessEntry } from './process-table.js';

export interface Sighting {
  /** Live processes that the run started. */
  readonly members: readonly ProcessEntry[];
  /** Our own guards of the run, which end last. */
  readonly guards: readonly ProcessEntry[];
  /** Some process could not be judged at this moment: look again before concluding that nothing is left. */
  readonly unclear: boolean;
}

/** Follows the processes of one run over several looks, also when they leave their group and lose their parents. */
export interface Tracker {
  look(): Sighting;
  /** Those of `entries` that still live. Cheap: reads only these. */
  stillAlive(entries: readonly ProcessEntry[]): readonly ProcessEntry[];
  /** Signals the whole group of the run, after making sure once more that it is the run's. False when it is not, or when we stand in it. */
  signalGroup(signal: NodeJS.Signals): boolean;
  /** Signals the very processes that were seen, none that took their numbers since. Answers those that were reached. */
  signalEach(entries: readonly ProcessEntry[], signal: NodeJS.Signals): readonly ProcessEntry[];
}

/** What to look for: a recorded process with everything around it, or a marker alone. */
export type TrackedRun = Pick<ProcessIdentity, 'pid' | 'pgid' | 'startTime' | 'marker'> | { readonly pid: null; readonly marker: string };

export function createTracker(machine: Machine, run: TrackedRun): Tracker {
  const leader = run.pid === null ? null : run;
  let known = new Map<number, string>();

  const look = (): Sighting => {
    const entries = machine.table.list().filter((entry) => entry.pid > 1 && entry.pid !== machine.ownPid);
    const { marked, unclear } = findMarked(machine, entries, run.marker);
    const guards = findGuards(machine, entries.filter((entry) => marked.has(entry.pid)), run.marker);
    const found = membersOf({ leader, known }, { entries, marked, guards });
    known = new Map(found.map((entry) => [entry.pid, entry.startTime]));
    const guardPids = new Set(withDescendants(found, (entry) => guards.has(entry.pid)).map((entry) => entry.pid));
    return {
      members: found.filter((entry) => !guardPids.has(entry.pid)),
      guards: found.filter((entry) => guardPids.has(entry.pid)),
      unclear,
    };
  };
  return {
    look,
    stillAlive: (entries) => entries.filter((entry) => isSameLiveProcess(machine, entry)),
    signalGroup: (signal) => leader !== null && isGroupOurs(machine, leader, known) && sendSignal(-leader.pgid, signal),
    signalEach: (entries, signal) => entries.filter((entry) => isSameLiveProcess(machine, entry) && sendSignal(entry.pid, signal)),
  };
}

function findMarked(machine: Machine, entries: readonly ProcessEntry[], marker: string): MarkerSearch {
  if (marker === '') return { marked: new Set(), unclear: false };
  const alive = entries.filter((entry) => entry.alive).map((entry) => entry.pid);
  return machine.table.findMarked(alive, marker);
}

/** A guard has the gate's command line and does not lead its group; the gate before `exec` does. */
function findGuards(machine: Machine, marked: readonly ProcessEntry[], marker: string): ReadonlySet<number> {
  const candidates = marked.filter((entry) => entry.pid !== entry.pgid).map((entry) => entry.pid);
  const commandLines = candidates.length === 0 ? new Map<number, string>() : machine.table.commandLines(candidates);
  return new Set(candidates.filter((pid) => isGateCommand(commandLines.get(pid) ?? '', marker)));
}

function isGroupOurs(machine: Machine, leader: { readonly pid: number; readonly pgid: number; readonly startTime: string }, known: ReadonlyMap<number, string>): boolean {
  if (leader.pgid <= 1 || leader.pgid !== leader.pid) return false;
  if (machine.table.find(machine.ownPid)?.pgid === leader.pgid) return false;
  const holder = machine.table.find(leader.pid);
  if (holder !== undefined) return holder.startTime === leader.startTime;
  return [...known].some(([pid, startTime]) => {
    const member = machine.table.find(pid);
    return member?.startTime === startTime && member.pgid === leader.pgid;
  });
}

/** False when there is nobody to signal, or when it is not ours to signal (a program that changed its user). */
function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
