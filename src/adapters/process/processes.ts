import type { ProcessIdentity } from '../../domain/run/run.js';
import type { Processes } from '../../ports/processes.js';
import { createMachine, isAlive, readIdentity } from './machine.js';
import type { Machine } from './machine.js';
import { runCommand } from './run-command.js';
import { spawnGated } from './spawn-gated.js';
import { isPursuable, stopRun, sweepMarker, sweepRun } from './stop.js';
import { createTracker } from './tracker.js';

/** The answer has to come at once, so a process that can't be judged yet is given a few more looks, not time. */
const MAX_LOOKS = 5;

/**
 * Child processes on Linux (through /proc) and macOS (through `ps`; weaker, see macos-process-table.ts).
 * Throws AGENT_UNAVAILABLE on other systems.
 */
export function createProcesses(machine: Machine = createMachine()): Processes {
  return {
    self: () => {
      // No marker: when `ai` runs inside an agent's run, it must not be taken for a part of that run.
      const identity = readIdentity(machine, machine.ownPid, '');
      if (identity === undefined) throw new Error('this process is not in the process table');
      return identity;
    },
    spawnGated: (order) => spawnGated(machine, order),
    isAlive: (identity) => isAlive(machine, identity),
    members: (identity) => (isPursuable(machine, identity) ? findMembers(machine, identity) : []),
    stop: (identity, options) => stopRun(machine, identity, options),
    sweep: (identity) => sweepRun(machine, identity),
    sweepMarker: (marker) => sweepMarker(machine, marker),
    run: (order) => runCommand(machine, order),
  };
}

function findMembers(machine: Machine, identity: ProcessIdentity): readonly number[] {
  const tracker = createTracker(machine, identity);
  let sighting = tracker.look();
  for (let looks = 1; looks < MAX_LOOKS && sighting.unclear; looks += 1) sighting = tracker.look();
  return sighting.members.map((entry) => entry.pid);
}
