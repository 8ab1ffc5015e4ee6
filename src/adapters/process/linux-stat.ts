import type { ProcessEntry } from './process-table.js';

/** PF_KTHREAD of the kernel's include/linux/sched.h. */
const KERNEL_THREAD_FLAG = 0x0020_0000;

// Positions after the command name, which is field 2 of proc_pid_stat(5).
const STATE = 0;
const PPID = 1;
const PGID = 2;
const FLAGS = 6;
const THREADS = 17;
const START_TIME = 19;

export interface LinuxStat extends ProcessEntry {
  readonly kernelThread: boolean;
}

/**
 * Reads the text of /proc/PID/stat. The command name may hold spaces, parentheses and line breaks,
 * so the fields are counted from its last closing parenthesis. Undefined for anything else.
 */
export function parseLinuxStat(text: string): LinuxStat | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE];
  const startTime = fields[START_TIME];
  const ppid = Number(fields[PPID]);
  const pgid = Number(fields[PGID]);
  if (state === undefined || startTime === undefined || !Number.isInteger(pid + ppid + pgid) || !/^\d+$/.test(startTime)) return undefined;
  return { pid, ppid, pgid, startTime, alive: isAlive(state, Number(fields[THREADS])), kernelThread: (Number(fields[FLAGS]) & KERNEL_THREAD_FLAG) !== 0 };
}

function isAlive(state: string, threads: number): boolean {
  if (state === 'X' || state === 'x') return false;
  // A process whose first thread has ended shows as a zombie while its other threads run on.
  return state !== 'Z' || threads > 1;
}
