import { spawnSync } from 'node:child_process';
import { isGateCommand } from './gate-script.js';
import { parsePsCommands, parsePsEntries, PS_COLUMNS } from './macos-ps.js';
import type { ProcessTable } from './process-table.js';

const PS_TIMEOUT_MS = 5_000;
const MAX_PS_BYTES = 32 * 1024 * 1024;
/** Fixed, so that a start time reads the same in every session and on both sides of a change of the clocks. */
const PS_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };

/**
 * The process table through `ps`. Two things are weaker here than on Linux: start times are whole
 * seconds, and the environment of a process can't be read. The only carriers of a marker that can be
 * seen are our own gate and guard, which have it as an argument: the group of a guard is found, a
 * process that left both the group and its parents is not.
 */
export function createMacosProcessTable(): ProcessTable {
  let bootId: string | undefined;
  const commandLines = (pids: readonly number[]): ReadonlyMap<number, string> => {
    const wanted = new Set(pids);
    return new Map([...parsePsCommands(ps(['-axww', '-o', 'pid=,command=']))].filter(([pid]) => wanted.has(pid)));
  };
  return {
    bootId: () => (bootId ??= read('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim()),
    find: (pid) => parsePsEntries(ps(['-o', PS_COLUMNS, '-p', String(pid)]))[0],
    list: () => parsePsEntries(ps(['-axo', PS_COLUMNS])),
    findMarked: (pids, marker) => {
      const marked = [...commandLines(pids)].filter(([, command]) => isGateCommand(command, marker)).map(([pid]) => pid);
      return { marked: new Set(marked), unclear: false };
    },
    commandLines,
  };
}

function ps(args: readonly string[]): string {
  return read('/bin/ps', args);
}

function read(program: string, args: readonly string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8', env: PS_ENVIRONMENT, timeout: PS_TIMEOUT_MS, maxBuffer: MAX_PS_BYTES });
  if (result.error !== undefined) throw result.error;
  // `ps -p` leaves with 1 and no output when there is no such process.
  return result.stdout;
}
