import { hostname } from 'node:os';
import { AiError } from '../../domain/kernel/errors.js';
import type { ProcessIdentity } from '../../domain/run/run.js';
import { createLinuxProcessTable } from './linux-process-table.js';
import { createMacosProcessTable } from './macos-process-table.js';
import type { ProcessEntry, ProcessTable } from './process-table.js';

/** This computer as seen by this process. */
export interface Machine {
  readonly table: ProcessTable;
  readonly hostName: string;
  readonly ownPid: number;
}

/** Throws AGENT_UNAVAILABLE on a system whose processes we can't own yet. */
export function createMachine(platform: NodeJS.Platform = process.platform): Machine {
  return { table: createProcessTable(platform), hostName: hostname(), ownPid: process.pid };
}

function createProcessTable(platform: NodeJS.Platform): ProcessTable {
  if (platform === 'linux' || platform === 'android') return createLinuxProcessTable();
  if (platform === 'darwin') return createMacosProcessTable();
  throw new AiError({
    code: 'AGENT_UNAVAILABLE',
    message: `Starting and stopping agents is not supported on ${platform === 'win32' ? 'Windows' : platform} yet: it works on Linux and macOS.`,
    hint: platform === 'win32' ? 'Run ai inside WSL 2.' : undefined,
  });
}

/** The id of the current boot; changes with every start of the machine. */
export function readBootId(): string {
  return createProcessTable(process.platform).bootId();
}

/** True when the recorded process can exist here: recorded on this host, since its last start. */
export function isOfThisBoot(machine: Machine, identity: ProcessIdentity): boolean {
  return identity.host === machine.hostName && identity.bootId === machine.table.bootId();
}

/** Undefined when no process has this number. */
export function readIdentity(machine: Machine, pid: number, marker: string): ProcessIdentity | undefined {
  const entry = machine.table.find(pid);
  if (entry === undefined) return undefined;
  return { pid, pgid: entry.pgid, startTime: entry.startTime, bootId: machine.table.bootId(), host: machine.hostName, marker };
}

/** True only for the very process that was seen: a later one of the same number has another start time. */
export function isSameLiveProcess(machine: Machine, seen: Pick<ProcessEntry, 'pid' | 'startTime'>): boolean {
  const entry = machine.table.find(seen.pid);
  return entry !== undefined && entry.alive && entry.startTime === seen.startTime;
}

export function isAlive(machine: Machine, identity: ProcessIdentity): boolean {
  return isOfThisBoot(machine, identity) && isSameLiveProcess(machine, identity);
}
