import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import type { ProcessIdentity } from '../../../../src/domain/run/run.js';
import { bundleAdapter, isRunning, newFolder, nodeProgram, NO_WAITS, orderFor, pidIn, program, removeFolder, SHORT_WAITS, startSupervisor, untilGone } from './support.js';
import type { Supervisor } from './support.js';

const processes = createProcesses();

describe('a supervisor that is killed with SIGKILL', () => {
  let tools: string;
  let bundle: string;
  let folder: string;
  let marker: string;
  beforeAll(async () => {
    tools = await newFolder();
    bundle = await bundleAdapter(tools);
  });
  afterAll(() => removeFolder(tools));
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(async () => {
    await processes.sweepMarker(marker);
    await removeFolder(folder);
  });

  async function supervise(argv: readonly string[]): Promise<{ readonly supervisor: Supervisor; readonly identity: ProcessIdentity }> {
    const order = orderFor(folder, argv);
    marker = order.marker;
    const supervisor = await startSupervisor(bundle, order);
    const [line] = await supervisor.says(/^\{.*\}$/m);
    return { supervisor, identity: JSON.parse(line) as ProcessIdentity };
  }

  it('before the gate was opened leaves nothing, and the program never ran', async () => {
    const trace = path.join(folder, 'ran');
    const { supervisor, identity } = await supervise(['/bin/sh', '-c', `: >"$1"`, 'sh', trace]);
    expect(processes.isAlive(identity)).toBe(true);
    await supervisor.kill();
    await untilGone([identity.pid]);
    expect(processes.members(identity)).toEqual([]);
    expect((await processes.sweepMarker(marker)).steps).toEqual([]);
    expect(existsSync(trace)).toBe(false);
  });

  it('after it takes the whole group along, deaf members too', async () => {
    const { supervisor, identity } = await supervise([program('proc-stubborn.sh')]);
    supervisor.open();
    const background = pidIn(await supervisor.says(/ready \d+ (\d+)/));
    await supervisor.kill();
    await untilGone([identity.pid, background]);
    expect(processes.isAlive(identity)).toBe(false);
    expect((await processes.stop(identity, { times: SHORT_WAITS })).survivors).toEqual([]);
  });

  it('leaves what escaped the group to the next process, which finds it by the recorded identity', async () => {
    const { supervisor, identity } = await supervise(nodeProgram('proc-escape.mjs', 'daemon'));
    supervisor.open();
    const escapee = pidIn(await supervisor.says(/escaped (\d+)/));
    await supervisor.kill();
    await untilGone([identity.pid]);
    expect(isRunning(escapee)).toBe(true);
    expect(processes.isAlive(identity)).toBe(false);
    expect(processes.members(identity)).toContain(escapee);
    const proof = await processes.stop(identity, { times: SHORT_WAITS });
    expect(proof.survivors).toEqual([]);
    expect(proof.steps.flatMap((step) => step.pids)).toContain(escapee);
    expect(isRunning(escapee)).toBe(false);
  });

  it('and never recorded the child: the next process finds it by the marker', async () => {
    const { supervisor, identity } = await supervise(nodeProgram('proc-escape.mjs', 'daemon'));
    supervisor.open();
    const escapee = pidIn(await supervisor.says(/escaped (\d+)/));
    await supervisor.kill();
    expect((await processes.sweepMarker(marker)).survivors).toEqual([]);
    expect([escapee, identity.pid].filter(isRunning)).toEqual([]);
  });

  it('can be succeeded at once, while the guard is still at work', async () => {
    const { supervisor, identity } = await supervise([program('proc-stubborn.sh')]);
    supervisor.open();
    const background = pidIn(await supervisor.says(/ready \d+ (\d+)/));
    await supervisor.kill();
    expect((await processes.stop(identity, { times: NO_WAITS })).survivors).toEqual([]);
    expect([identity.pid, background].filter(isRunning)).toEqual([]);
  });

  it('a supervisor whose agent has ended leaves by itself, with the agent\'s exit code', async () => {
    const { supervisor } = await supervise(['/bin/sh', '-c', 'exit 7']);
    supervisor.open();
    await supervisor.says(/exit \{"exitCode":7,"signal":null\}/);
    await untilGone([supervisor.process.pid]);
  });
});
