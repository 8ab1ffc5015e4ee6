import fc from 'fast-check';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseLinuxStat } from '../../../../src/adapters/process/linux-stat.js';
import { createLinuxProcessTable, holdsEntry } from '../../../../src/adapters/process/linux-process-table.js';
import { createMachine, readBootId, readIdentity } from '../../../../src/adapters/process/machine.js';
import { parsePsCommands, parsePsEntries, PS_COLUMNS } from '../../../../src/adapters/process/macos-ps.js';
import { endStranger, newMarker, startStranger } from './support.js';

const statLine = (pid: number, name: string, over: { state?: string; flags?: number; threads?: number } = {}): string =>
  `${pid} (${name}) ${over.state ?? 'S'} 7 8 9 0 -1 ${over.flags ?? 4_194_304} 1 2 3 4 5 6 7 8 20 0 ${over.threads ?? 1} 0 123456 1000 200 18446744073709551615 1 1 0 0\n`;

describe('/proc/PID/stat', () => {
  it('is read whatever the program calls itself', () => {
    fc.assert(
      fc.property(fc.nat(), fc.oneof(fc.string({ maxLength: 15 }), fc.constantFrom(') S 1 1', 'a) (b', ')', '(', '\n', ' ')), (pid, name) => {
        expect(parseLinuxStat(statLine(pid, name))).toEqual({ pid, ppid: 7, pgid: 8, startTime: '123456', alive: true, kernelThread: false });
      }),
    );
  });

  it('takes a zombie for dead, unless threads of it run on', () => {
    expect(parseLinuxStat(statLine(5, 'x', { state: 'Z' }))?.alive).toBe(false);
    expect(parseLinuxStat(statLine(5, 'x', { state: 'Z', threads: 3 }))?.alive).toBe(true);
    expect(parseLinuxStat(statLine(5, 'x', { state: 'X' }))?.alive).toBe(false);
    expect(parseLinuxStat(statLine(5, 'x', { state: 'T' }))?.alive).toBe(true);
  });

  it('tells the kernel\'s own threads, and makes nothing of other text', () => {
    expect(parseLinuxStat(statLine(2, 'kthreadd', { flags: 0x0020_8040 }))?.kernelThread).toBe(true);
    fc.assert(fc.property(fc.string(), (text) => void parseLinuxStat(text)));
    expect(parseLinuxStat('')).toBeUndefined();
  });
});

describe('the environment of a process', () => {
  it('holds a marker only as a whole entry', () => {
    const entry = Buffer.from('AI_RUN_ID=r-1\0');
    const word = fc.constantFrom('AI_RUN_ID=r-1', 'AI_RUN_ID=r-12', 'XAI_RUN_ID=r-1', 'A=AI_RUN_ID=r-1', 'B=', '', 'AI_RUN_ID=');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const environment = Buffer.from(words.map((one) => `${one}\0`).join(''));
        expect(holdsEntry(environment, entry)).toBe(words.includes('AI_RUN_ID=r-1'));
      }),
    );
  });

  it('is searched to its end, however large it is', async () => {
    const marker = newMarker();
    const padding = Object.fromEntries(Array.from({ length: 12 }, (_unused, index) => [`PADDING_${index}`, 'x'.repeat(100_000)]));
    const child = spawn('/bin/sleep', ['600'], { env: { ...padding, AI_RUN_ID: marker }, stdio: 'ignore' });
    await once(child, 'spawn');
    expect([...createLinuxProcessTable().findMarked([child.pid!, process.pid], marker).marked]).toEqual([child.pid]);
    await endStranger(child);
  });
});

describe('the table of this machine', () => {
  it('finds this process and its children, and forgets them when they are gone', async () => {
    const table = createLinuxProcessTable();
    const child = await startStranger();
    expect(table.find(child.pid)).toMatchObject({ pid: child.pid, ppid: process.pid, pgid: child.pid, alive: true });
    expect(table.list().find((entry) => entry.pid === child.pid)).toEqual(table.find(child.pid));
    expect(table.commandLines([child.pid]).get(child.pid)).toBe('sleep 600');
    await endStranger(child);
    expect(table.find(child.pid)).toBeUndefined();
    expect(table.commandLines([child.pid]).size).toBe(0);
    expect(table.findMarked([child.pid], 'x')).toEqual({ marked: new Set(), unclear: true });
  });

  it('names a process for ever: two that follow each other differ in their start time or number', async () => {
    const machine = createMachine();
    const first = await startStranger();
    const second = await startStranger();
    expect(readIdentity(machine, first.pid, 'm')).not.toEqual(readIdentity(machine, second.pid, 'm'));
    expect(readIdentity(machine, first.pid, 'm')).toEqual({ pid: first.pid, pgid: first.pid, startTime: expect.stringMatching(/^\d+$/) as string, bootId: readBootId(), host: hostname(), marker: 'm' });
    await Promise.all([first, second].map(endStranger));
    expect(readIdentity(machine, first.pid, 'm')).toBeUndefined();
  });

  it('is not to be had on Windows, and that is said', () => {
    expect(() => createMachine('win32')).toThrow(/Windows/);
    expect(() => createMachine('aix')).toThrow(/aix/);
  });
});

describe('the output of ps', () => {
  const MACOS_SAMPLE = [
    '    1     0     1 Ss   Mon Jun  2 09:14:07 2025    ',
    '  311     1   311 S    Mon Jun  2 09:14:31 2025    ',
    '40213   311 40213 S+   Tue Jun 17 23:59:59 2025    ',
    '40214 40213 40213 Z    Wed Jun 18 00:00:00 2025    ',
    '',
  ].join('\n');

  it('of macOS is read', () => {
    expect(parsePsEntries(MACOS_SAMPLE)).toEqual([
      { pid: 1, ppid: 0, pgid: 1, startTime: 'Mon Jun 2 09:14:07 2025', alive: true },
      { pid: 311, ppid: 1, pgid: 311, startTime: 'Mon Jun 2 09:14:31 2025', alive: true },
      { pid: 40_213, ppid: 311, pgid: 40_213, startTime: 'Tue Jun 17 23:59:59 2025', alive: true },
      { pid: 40_214, ppid: 40_213, pgid: 40_213, startTime: 'Wed Jun 18 00:00:00 2025', alive: false },
    ]);
    expect(parsePsCommands('    1 /sbin/launchd\n40213 /bin/sh -c a  b\n').get(40_213)).toBe('/bin/sh -c a  b');
  });

  it('is passed over where it is something else', () => {
    fc.assert(fc.property(fc.string(), (text) => parsePsEntries(text).length === 0 || /\d/.test(text)));
    expect(parsePsEntries('ps: illegal option -- o\nusage: ps [-AaCcEefhjlMmrSTvwXx]')).toEqual([]);
  });

  it('agrees with /proc about processes, where both are to be had', async () => {
    const child = await startStranger();
    const read = (columns: string): string => spawnSync('ps', ['-ww', '-o', columns, '-p', String(child.pid)], { encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } }).stdout;
    const { pid, ppid, pgid, alive } = createLinuxProcessTable().find(child.pid)!;
    expect(parsePsEntries(read(PS_COLUMNS))).toEqual([{ pid, ppid, pgid, alive, startTime: expect.stringMatching(/^\w{3} \w{3} \d+ \d\d:\d\d:\d\d \d{4}$/) as string }]);
    expect(parsePsCommands(read('pid=,command='))).toEqual(new Map([[pid, 'sleep 600']]));
    await endStranger(child);
  });
});
