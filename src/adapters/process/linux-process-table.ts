import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { parseLinuxStat } from './linux-stat.js';
import type { LinuxStat } from './linux-stat.js';
import type { MarkerSearch, ProcessTable } from './process-table.js';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';
const READ_BYTES = 64 * 1024;
/** The kernel's own limit for arguments and environment together is 6 MiB (execve(2)). */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_LIST_PASSES = 5;

/** Reads /proc directly: a third of the time of readFileSync, which matters for a scan of every process. */
export function createLinuxProcessTable(): ProcessTable {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let bootId: string | undefined;
  const readStat = (pid: number): LinuxStat | undefined => {
    const bytes = readProcFile(`/proc/${pid}/stat`, buffer);
    return typeof bytes === 'string' ? undefined : parseLinuxStat(bytes.toString('latin1'));
  };
  return {
    bootId: () => (bootId ??= readBootId(buffer)),
    find: readStat,
    list: () => listProcesses(readStat),
    findMarked: (pids, marker) => findMarked(pids, marker, buffer),
    commandLines: (pids) => readCommandLines(pids, buffer),
  };
}

/**
 * Looks again for numbers that appeared while the others were read: a process that forks and leaves
 * at once would otherwise be gone before, and its child born after, the moment that is looked at.
 */
function listProcesses(readStat: (pid: number) => LinuxStat | undefined): readonly LinuxStat[] {
  const found = new Map<number, LinuxStat | undefined>();
  for (let pass = 0; pass < MAX_LIST_PASSES; pass += 1) {
    const fresh = listPids().filter((pid) => !found.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) found.set(pid, readStat(pid));
  }
  return [...found.values()].filter(isUserProcess);
}

function isUserProcess(stat: LinuxStat | undefined): stat is LinuxStat {
  return stat !== undefined && !stat.kernelThread;
}

function readBootId(buffer: Buffer): string {
  const bytes = readProcFile(BOOT_ID_FILE, buffer);
  if (typeof bytes === 'string') throw new Error(`${BOOT_ID_FILE} can't be read; without it a process can't be told from a later one of the same number`);
  return bytes.toString('latin1').trim();
}

function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function findMarked(pids: readonly number[], marker: string, buffer: Buffer): MarkerSearch {
  const marked = new Set<number>();
  let unclear = false;
  const entry = Buffer.from(`AI_RUN_ID=${marker}\0`);
  for (const pid of pids) {
    const environment = readProcFile(`/proc/${pid}/environ`, buffer);
    if (environment === 'gone') unclear = true;
    else if (environment === 'foreign') continue;
    else if (environment.length === 0) unclear ||= readProcFile(`/proc/${pid}/cmdline`, buffer).length === 0;
    else if (holdsEntry(environment, entry)) marked.add(pid);
  }
  return { marked, unclear };
}

/** True when the NUL-separated list holds exactly this entry; another variable's value may contain the same text. */
export function holdsEntry(environment: Buffer, entry: Buffer): boolean {
  let at = environment.indexOf(entry);
  while (at > 0 && environment[at - 1] !== 0) at = environment.indexOf(entry, at + 1);
  return at >= 0;
}

function readCommandLines(pids: readonly number[], buffer: Buffer): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  for (const pid of pids) {
    const bytes = readProcFile(`/proc/${pid}/cmdline`, buffer);
    if (typeof bytes !== 'string') lines.set(pid, bytes.toString('utf8').replaceAll('\0', ' ').trimEnd());
  }
  return lines;
}

/** The bytes live in `buffer` until the next read. */
function readProcFile(path: string, buffer: Buffer): Buffer | 'gone' | 'foreign' {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return readToEnd(file, buffer);
  } catch (error) {
    return whyUnreadable(error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readToEnd(file: number, buffer: Buffer): Buffer {
  const first = readSync(file, buffer, 0, buffer.length, null);
  if (first < buffer.length) return buffer.subarray(0, first);
  const parts = [Buffer.from(buffer)];
  for (let total = first; total < MAX_FILE_BYTES; ) {
    const more = readSync(file, buffer, 0, buffer.length, null);
    if (more === 0) break;
    parts.push(Buffer.from(buffer.subarray(0, more)));
    total += more;
  }
  return Buffer.concat(parts);
}

function whyUnreadable(error: unknown): 'gone' | 'foreign' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ESRCH') return 'gone';
  if (code === 'EACCES' || code === 'EPERM') return 'foreign';
  throw error;
}
