import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membersOf, withDescendants } from '../../../../src/adapters/process/membership.js';
import type { ProcessSnapshot, RunTraces } from '../../../../src/adapters/process/membership.js';
import type { ProcessEntry } from '../../../../src/adapters/process/process-table.js';

const entry = (pid: number, over: Partial<ProcessEntry> = {}): ProcessEntry => ({ pid, ppid: 1, pgid: pid, startTime: `s${pid}`, alive: true, ...over });
const snapshot = (entries: readonly ProcessEntry[], over: Partial<ProcessSnapshot> = {}): ProcessSnapshot => ({ entries, marked: new Set(), guards: new Set(), ...over });
const LEADER = { pid: 100, pgid: 100, startTime: 's100' };
const traces = (over: Partial<RunTraces> = {}): RunTraces => ({ leader: LEADER, known: new Map(), ...over });
const pids = (entries: readonly ProcessEntry[]): number[] => entries.map((one) => one.pid);

describe('the group of a run', () => {
  const group = [entry(101, { pgid: 100 }), entry(102, { pgid: 100 })];

  it('is believed while the recorded leader lives, or is a zombie', () => {
    expect(pids(membersOf(traces(), snapshot([entry(100), ...group])))).toEqual([100, 101, 102]);
    expect(pids(membersOf(traces(), snapshot([entry(100, { alive: false }), ...group])))).toEqual([101, 102]);
  });

  it('is believed without the leader when something in it is ours for another reason', () => {
    expect(membersOf(traces(), snapshot(group))).toEqual([]);
    expect(pids(membersOf(traces(), snapshot(group, { marked: new Set([102]) })))).toEqual([101, 102]);
    expect(pids(membersOf(traces({ known: new Map([[101, 's101']]) }), snapshot(group)))).toEqual([101, 102]);
    expect(membersOf(traces({ known: new Map([[101, 'earlier']]) }), snapshot(group))).toEqual([]);
  });

  it('is a stranger\'s when the number of the leader is a stranger\'s: only what carries the marker is ours', () => {
    const stranger = entry(100, { startTime: 'later' });
    expect(membersOf(traces(), snapshot([stranger, ...group]))).toEqual([]);
    expect(pids(membersOf(traces(), snapshot([stranger, ...group], { marked: new Set([102]) })))).toEqual([102]);
  });

  it('is not believed to be ours because something in it looks like our guard, when a stranger leads it', () => {
    const forged = { marked: new Set([102]), guards: new Set([102]) };
    expect(pids(membersOf(traces(), snapshot([entry(100, { startTime: 'later' }), ...group], forged)))).toEqual([102]);
  });

  it('is the one of its guard when only the marker is known', () => {
    const found = membersOf({ leader: null, known: new Map() }, snapshot([entry(100), ...group], { marked: new Set([102]), guards: new Set([102]) }));
    expect(pids(found)).toEqual([100, 101, 102]);
  });

  it('is not the one that a process shares with others', () => {
    const found = membersOf(traces({ leader: { pid: 101, pgid: 100, startTime: 's101' } }), snapshot([entry(100), ...group]));
    expect(pids(found)).toEqual([101]);
  });
});

const forest = fc
  .array(
    fc.record({
      pid: fc.integer({ min: 2, max: 40 }),
      ppid: fc.integer({ min: 0, max: 40 }),
      pgid: fc.integer({ min: 0, max: 40 }),
      startTime: fc.constantFrom('1', '2', '3'),
      alive: fc.boolean(),
      marked: fc.boolean(),
      guard: fc.boolean(),
      known: fc.constantFrom(null, '1', '2'),
    }),
    { maxLength: 25 },
  )
  .map((list) => [...new Map(list.map((one) => [one.pid, one])).values()]);
const leaders = fc.option(fc.record({ pid: fc.integer({ min: 2, max: 40 }), startTime: fc.constantFrom('1', '2', '3') }).map((one) => ({ ...one, pgid: one.pid })));

describe('the members of a run, in any process table', () => {
  const search = (list: { pid: number; marked: boolean; guard: boolean; known: string | null; ppid: number; pgid: number; startTime: string; alive: boolean }[], leader: RunTraces['leader']) => {
    const marked = new Set(list.filter((one) => one.marked).map((one) => one.pid));
    const guards = new Set(list.filter((one) => one.marked && one.guard).map((one) => one.pid));
    const known = new Map(list.flatMap((one): [number, string][] => (one.known === null ? [] : [[one.pid, one.known]])));
    return membersOf({ leader, known }, { entries: list, marked, guards });
  };

  it('live, hold everything that carries the marker, and everything that they started', () => {
    fc.assert(
      fc.property(forest, leaders, (list, leader) => {
        const found = search(list, leader);
        const numbers = new Set(pids(found));
        expect(found.every((one) => one.alive)).toBe(true);
        expect(list.filter((one) => one.alive && one.marked).every((one) => numbers.has(one.pid))).toBe(true);
        expect(list.filter((one) => one.alive && numbers.has(one.ppid)).every((one) => numbers.has(one.pid))).toBe(true);
      }),
    );
  });

  it('never hold a process without a reason that can be named', () => {
    fc.assert(
      fc.property(forest, leaders, (list, leader) => {
        const byPid = new Map(list.map((one) => [one.pid, one]));
        const isProven = (one: (typeof list)[number]): boolean => one.alive && (one.marked || one.known === one.startTime || (one.pid === leader?.pid && one.startTime === leader.startTime));
        const holder = leader === null ? undefined : byPid.get(leader.pid);
        const isStranger = holder !== undefined && holder.startTime !== leader?.startTime;
        for (const one of search(list, leader)) {
          const full = byPid.get(one.pid)!;
          const byGroup = full.pgid > 1 && ((full.pgid === leader?.pgid && !isStranger && (holder !== undefined || list.some((other) => other.pgid === full.pgid && isProven(other)))) || list.some((other) => other.alive && other.marked && other.guard && other.pgid === full.pgid && other.pgid !== (isStranger ? leader?.pgid : undefined)));
          const byParent = pids(search(list, leader)).includes(full.ppid);
          expect(isProven(full) || byGroup || byParent).toBe(true);
        }
      }),
    );
  });

  it('are nobody when nothing is recorded', () => {
    fc.assert(
      fc.property(forest, (list) => {
        expect(membersOf({ leader: null, known: new Map() }, snapshot(list))).toEqual([]);
      }),
    );
  });
});

it('descent ends in tables that are no trees, which a scan of a busy machine can show', () => {
  const circle = [entry(2, { ppid: 3 }), entry(3, { ppid: 2 }), entry(4, { ppid: 4 })];
  expect(pids(withDescendants(circle, (one) => one.pid === 2))).toEqual([2, 3]);
  expect(pids(withDescendants(circle, (one) => one.pid === 4))).toEqual([4]);
});
