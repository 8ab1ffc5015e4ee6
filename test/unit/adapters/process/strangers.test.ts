import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import { createMachine, readIdentity } from '../../../../src/adapters/process/machine.js';
import type { ProcessIdentity } from '../../../../src/domain/run/run.js';
import type { StopProof } from '../../../../src/ports/processes.js';
import { bundleAdapter, endStranger, isRunning, newFolder, newMarker, NO_WAITS, orderFor, pidIn, program, readText, removeFolder, runningInGroup, start, startStranger, untilGone } from './support.js';

const processes = createProcesses();

/** Everything that could signal something is asked to; nothing may happen. */
async function pursue(identity: ProcessIdentity): Promise<void> {
  expect(processes.isAlive(identity)).toBe(false);
  expect(processes.members(identity)).toEqual([]);
  const proofs = [await processes.stop(identity, { times: NO_WAITS, interrupt: () => expect.unreachable() }), await processes.sweep(identity)];
  for (const proof of proofs) expect(proof).toMatchObject({ steps: [], survivors: [] });
}

describe('a stranger that has the number of a recorded process', () => {
  let stranger: Awaited<ReturnType<typeof startStranger>>;
  let truth: ProcessIdentity;
  beforeEach(async () => {
    stranger = await startStranger();
    truth = readIdentity(createMachine(), stranger.pid, newMarker())!;
  });
  afterEach(() => endStranger(stranger));

  it('is recognised by nothing but its start time, its boot and its host', () => {
    expect(processes.isAlive(truth)).toBe(true);
    expect(processes.members(truth)).toEqual([stranger.pid]);
  });

  it.each([
    ['start time', { startTime: '1' }],
    ['boot', { bootId: '00000000-0000-0000-0000-000000000000' }],
    ['host', { host: 'elsewhere' }],
  ])('is never signalled when the %s differs', async (_name, difference) => {
    await pursue({ ...truth, ...difference });
    expect(isRunning(stranger.pid)).toBe(true);
  });

  it('is not signalled through its group either, by a record whose leader is gone', async () => {
    // The number of the group is the stranger's, the recorded leader is nobody.
    await pursue({ ...truth, pid: 4_194_304, startTime: '1', pgid: stranger.pid });
    expect(isRunning(stranger.pid)).toBe(true);
  });
});

it('a process of ours in a group that has passed to a stranger is ended alone', async () => {
  const marker = newMarker();
  const script = 'sleep 600 & AI_RUN_ID="$1" sleep 600 & echo "$!"; wait';
  const leader = spawn('/bin/sh', ['-c', script, 'sh', marker], { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env['PATH'] } });
  const [data] = (await once(leader.stdout, 'data')) as [Buffer];
  const ours = Number(String(data));
  // The shell's child has the marker once it has become `sleep`.
  const identity = { ...readIdentity(createMachine(), leader.pid!, marker)!, startTime: '1' };
  while (!processes.members(identity).includes(ours)) await turn();
  const proof = await processes.stop(identity, { times: NO_WAITS });
  expect(new Set(proof.steps.flatMap((step) => step.pids))).toEqual(new Set([ours]));
  expect(isRunning(ours)).toBe(false);
  const strangers = runningInGroup(leader.pid!);
  expect(strangers).toContain(leader.pid);
  expect(strangers).toHaveLength(2);
  for (const pid of strangers) process.kill(pid, 'SIGKILL');
  await untilGone(strangers);
});

describe('groups that are nobody\'s', () => {
  it.each([0, 1, -1])('%i is never signalled', async (pgid) => {
    await pursue({ ...processes.self(), pid: 4_194_304, startTime: '1', pgid, marker: newMarker() });
    await pursue({ ...processes.self(), pid: pgid, startTime: '1', pgid, marker: newMarker() });
  });

  it('a group that the recorded process only shares is not taken for its own', async () => {
    const stranger = await startStranger();
    const group = readIdentity(createMachine(), stranger.pid, '')!;
    const member = await start(processes, orderFor(process.cwd(), ['sleep', '600'], { stdoutFile: '/dev/null', stderrFile: '/dev/null' }));
    const identity = { ...member.child.identity, pgid: group.pgid };
    await processes.stop(identity, { times: NO_WAITS });
    expect(isRunning(identity.pid)).toBe(false);
    expect(isRunning(stranger.pid)).toBe(true);
    await endStranger(stranger);
  });
});

describe('ourselves', () => {
  it('are alive, and never pursued', async () => {
    const self = processes.self();
    expect(self.pid).toBe(process.pid);
    expect(processes.isAlive(self)).toBe(true);
    expect(processes.members(self)).toEqual([]);
    expect(await processes.stop(self, { times: NO_WAITS })).toMatchObject({ steps: [], survivors: [] });
  });

  it('an empty marker belongs to nobody', async () => {
    expect(await processes.sweepMarker('')).toMatchObject({ steps: [], survivors: [] });
  });
});

describe('an `ai` that is itself a part of the run it stops', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => removeFolder(folder));

  it('ends the rest of the run and outlives it', async () => {
    const bundle = await bundleAdapter(folder);
    // The identity is known only after the start, so it takes the way of a file.
    const script = 'read -r line <identity; (printf "%s" "$line" | "$0" "$1" "$2" >report) & wait; sleep 600';
    const order = orderFor(folder, ['/bin/sh', '-c', script, process.execPath, program('proc-inside.mjs'), bundle]);
    const run = await start(processes, order, 'closed');
    await writeFile(path.join(folder, 'identity'), `${JSON.stringify(run.child.identity)}\n`);
    run.child.open();
    expect((await run.child.exited).signal).not.toBeNull();
    while (processes.members(run.child.identity).length > 0) await turn();
    const report = JSON.parse(await readText(path.join(folder, 'report'))) as { ownPid: number; sibling: number; members: number[]; proof: StopProof };
    expect(report.members).toEqual(expect.arrayContaining([run.child.identity.pid, report.sibling]));
    expect(report.members).not.toContain(report.ownPid);
    expect(report.proof.survivors).toEqual([]);
    expect(report.proof.steps.flatMap((step) => step.pids)).not.toContain(report.ownPid);
    expect((await processes.sweep(run.child.identity)).steps).toEqual([]);
  });
});

describe('runs beside each other', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => removeFolder(folder));

  it('do not touch each other', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => start(processes, orderFor(folder, [program('proc-stubborn.sh')]))));
    const background = await Promise.all(runs.map(async (run) => pidIn(await run.says(/ready \d+ (\d+)/))));
    const [first, second, third] = runs.map((run) => run.child);
    await processes.stop(first!.identity, { times: NO_WAITS });
    await processes.sweepMarker(first!.identity.marker);
    expect(background.map(isRunning)).toEqual([false, true, true]);
    expect(processes.isAlive(second!.identity)).toBe(true);
    await Promise.all([second, third].map((child) => processes.stop(child!.identity, { times: NO_WAITS })));
    expect(background.map(isRunning)).toEqual([false, false, false]);
  });

  it('are told apart by the whole marker', async () => {
    const one = await start(processes, orderFor(folder, [program('proc-stubborn.sh')]));
    const background = pidIn(await one.says(/ready \d+ (\d+)/));
    const { marker, pgid } = one.child.identity;
    for (const other of [marker.slice(0, -1), `${marker}0`, marker.slice(1)]) expect((await processes.sweepMarker(other)).steps).toEqual([]);
    expect([one.child.identity.pid, background].every(isRunning)).toBe(true);
    expect((await processes.sweepMarker(marker)).survivors).toEqual([]);
    expect(runningInGroup(pgid)).toEqual([]);
  });
});
