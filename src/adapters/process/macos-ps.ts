import type { ProcessEntry } from './process-table.js';

/** Columns for `ps -o`: the `=` leaves out the headings. `lstart` is five words, so it comes last. */
export const PS_COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=';

const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d{1,2}\s+\d{2}:\d{2}:\d{2}\s+\d{4})\s*$/;

/** Reads the output of `ps` with PS_COLUMNS under LC_ALL=C and TZ=UTC. Lines of another form are passed over. */
export function parsePsEntries(output: string): readonly ProcessEntry[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, ppid, pgid, state, started] = LINE.exec(line) ?? [];
    if (pid === undefined || state === undefined || started === undefined) return [];
    return [{ pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), startTime: started.replaceAll(/\s+/g, ' '), alive: !state.startsWith('Z') }];
  });
}

/** Reads the output of `ps -ww -o pid=,command=`. */
export function parsePsCommands(output: string): ReadonlyMap<number, string> {
  const lines = output.split('\n').flatMap((line): [number, string][] => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || command === undefined ? [] : [[Number(pid), command.trimEnd()]];
  });
  return new Map(lines);
}
