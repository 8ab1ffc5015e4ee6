import type { ProcessEntry } from './process-table.js';

/** What is known about a run whose processes are looked for. */
export interface RunTraces {
  /** The recorded leader; null when only the marker is known. */
  readonly leader: { readonly pid: number; readonly pgid: number; readonly startTime: string } | null;
  /** Processes (pid to start time) that an earlier look found to belong to the run: they stay ours wherever they go. */
  readonly known: ReadonlyMap<number, string>;
}

export interface ProcessSnapshot {
  readonly entries: readonly ProcessEntry[];
  /** Pids that carry the run's marker. */
  readonly marked: ReadonlySet<number>;
  /** Pids of the run's guards; each of them is marked too. */
  readonly guards: ReadonlySet<number>;
}

/**
 * Every live process of the run: carriers of its marker, its process group, what was known before,
 * and all their descendants. A group is believed only with proof, because its number may have
 * passed to a stranger: the recorded leader still has its start time, or the leader is gone and a process
 * that is ours for another reason holds the number, or one of our guards is in it. Groups 0 and 1
 * belong to the system.
 */
export function membersOf(run: RunTraces, snapshot: ProcessSnapshot): readonly ProcessEntry[] {
  const alive = snapshot.entries.filter((entry) => entry.alive);
  const isProven = (entry: ProcessEntry): boolean => snapshot.marked.has(entry.pid) || run.known.get(entry.pid) === entry.startTime;
  const groups = provenGroups(run, snapshot, alive.filter(isProven));
  const isLeader = (entry: ProcessEntry): boolean => run.leader !== null && entry.pid === run.leader.pid && entry.startTime === run.leader.startTime;
  return withDescendants(alive, (entry) => isProven(entry) || isLeader(entry) || groups.has(entry.pgid));
}

/** The pids among `entries` that satisfy `isRoot`, and everything that descends from them. */
export function withDescendants(entries: readonly ProcessEntry[], isRoot: (entry: ProcessEntry) => boolean): readonly ProcessEntry[] {
  const children = childrenByParent(entries);
  const found = new Map<number, ProcessEntry>();
  const open = entries.filter(isRoot);
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    if (found.has(entry.pid)) continue;
    found.set(entry.pid, entry);
    open.push(...(children.get(entry.pid) ?? []));
  }
  return entries.filter((entry) => found.has(entry.pid));
}

function childrenByParent(entries: readonly ProcessEntry[]): ReadonlyMap<number, ProcessEntry[]> {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of entries) {
    const siblings = children.get(entry.ppid);
    if (siblings === undefined) children.set(entry.ppid, [entry]);
    else siblings.push(entry);
  }
  return children;
}

function provenGroups(run: RunTraces, snapshot: ProcessSnapshot, proven: readonly ProcessEntry[]): ReadonlySet<number> {
  const groups = new Set(proven.filter((entry) => snapshot.guards.has(entry.pid)).map((entry) => entry.pgid));
  const leader = run.leader;
  // A process that does not lead its group shares it with whoever started it.
  if (leader !== null && leader.pgid === leader.pid) {
    const holder = snapshot.entries.find((entry) => entry.pid === leader.pid);
    const isOurs = holder === undefined ? proven.some((entry) => entry.pgid === leader.pgid) : holder.startTime === leader.startTime;
    if (isOurs) groups.add(leader.pgid);
    // A stranger has the leader's number: whatever stands in that group now stands there for its own reasons.
    else groups.delete(leader.pgid);
  }
  groups.delete(0);
  groups.delete(1);
  return groups;
}
