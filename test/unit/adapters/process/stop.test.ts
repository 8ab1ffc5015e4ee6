import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import type { StopProof } from '../../../../src/ports/processes.js';
import { isRunning, newFolder, NO_WAITS, nodeProgram, orderFor, PATIENT, pidIn, program, removeFolder, runningInGroup, SHORT_WAITS, start } from './support.js';
import type { Started } from './support.js';

const processes = createProcesses();
const steps = (proof: StopProof): string[] => proof.steps.map((entry) => entry.step);
const pidsOf = (proof: StopProof, step: string): readonly number[] => proof.steps.find((entry) => entry.step === step)?.pids ?? [];

let folder: string;
const started: Started[] = [];
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  for (const { child } of started.splice(0)) await processes.stop(child.identity, { times: NO_WAITS });
  await removeFolder(folder);
});

async function run(argv: readonly string[], gate: 'open' | 'closed' = 'open'): Promise<Started> {
  const one = await start(processes, orderFor(folder, argv), gate);
  started.push(one);
  return one;
}

describe('the ladder', () => {
  it('ends at the first step that the agent obeys, and does not take the next', async () => {
    const { child, says } = await run([program('proc-polite.sh'), 'INT']);
    const background = pidIn(await says(/ready \d+ (\d+)/));
    const proof = await processes.stop(child.identity, { times: PATIENT });
    expect(steps(proof)).toEqual(['sigint']);
    expect(pidsOf(proof, 'sigint')).toEqual([child.identity.pid]);
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    expect(isRunning(background)).toBe(false);
  });

  it('goes on to SIGTERM for the whole group when SIGINT is not obeyed', async () => {
    const { child, says } = await run(['/bin/sh', '-c', 'trap "" INT; sleep 600 & echo "ready $!"; wait']);
    const background = pidIn(await says(/ready (\d+)/));
    const proof = await processes.stop(child.identity, { times: { ...PATIENT, sigintMs: 50 } });
    expect(steps(proof)).toEqual(['sigint', 'sigterm']);
    expect([...pidsOf(proof, 'sigterm')].sort()).toEqual([child.identity.pid, background].sort());
    expect(await child.exited).toEqual({ exitCode: null, signal: 'SIGTERM' });
  });

  it('kills an agent that ignores every polite request, with what it started', async () => {
    const { child, says } = await run([program('proc-stubborn.sh')]);
    const background = pidIn(await says(/ready \d+ (\d+)/));
    const proof = await processes.stop(child.identity, { times: SHORT_WAITS });
    expect(steps(proof)).toEqual(['sigint', 'sigterm', 'sigkill']);
    expect(pidsOf(proof, 'sigkill')).toContain(background);
    expect(proof.survivors).toEqual([]);
    expect(await child.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(processes.members(child.identity)).toEqual([]);
  });

  it('lets the client interrupt itself first, and sends no signal when that is enough', async () => {
    const { child, says } = await run(['/bin/sh', '-c', 'echo ready; while [ ! -e stop ]; do read -r line <poke; done; echo bye'], 'closed');
    await processes.run({ argv: ['mkfifo', 'poke'], cwd: folder, env: {}, timeoutMs: 10_000, maxOutputBytes: 100 });
    child.open();
    await says(/ready/);
    const interrupt = (): void => void processes.run({ argv: ['/bin/sh', '-c', ': >stop; echo >poke'], cwd: folder, env: {}, timeoutMs: 10_000, maxOutputBytes: 100 });
    const proof = await processes.stop(child.identity, { times: PATIENT, interrupt });
    expect(steps(proof)).toEqual(['interrupt']);
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
  });

  it('goes on when the interrupt itself fails', async () => {
    const { child, says } = await run([program('proc-polite.sh'), 'INT']);
    await says(/ready/);
    const interrupt = (): void => {
      throw new Error('the channel is closed');
    };
    expect(steps(await processes.stop(child.identity, { times: { ...PATIENT, interruptMs: 0 }, interrupt }))).toEqual(['interrupt', 'sigint']);
  });

  it('ends a child whose gate was never opened', async () => {
    const { child, text } = await run(['/bin/sh', '-c', 'echo ran'], 'closed');
    expect(processes.members(child.identity)).toEqual([child.identity.pid]);
    expect(steps(await processes.stop(child.identity, { times: PATIENT }))).toEqual(['sigint']);
    expect(await child.exited).toEqual({ exitCode: null, signal: 'SIGINT' });
    expect(text()).toBe('');
  });

  it('has nothing to do the second time', async () => {
    const { child, says } = await run([program('proc-stubborn.sh')]);
    await says(/ready/);
    await processes.stop(child.identity, { times: NO_WAITS });
    expect(await processes.stop(child.identity, { times: PATIENT, interrupt: () => expect.unreachable() })).toMatchObject({ steps: [], survivors: [] });
  });

  it('may be called twice at once', async () => {
    const { child, says } = await run([program('proc-stubborn.sh')]);
    const background = pidIn(await says(/ready \d+ (\d+)/));
    const proofs = await Promise.all([processes.stop(child.identity, { times: SHORT_WAITS }), processes.stop(child.identity, { times: SHORT_WAITS })]);
    expect(proofs.flatMap((proof) => proof.survivors)).toEqual([]);
    expect(isRunning(background)).toBe(false);
  });
});

describe('what left the group', () => {
  it.each(['marked', 'stripped', 'daemon'])('is ended with the run: %s', async (kind) => {
    const { child, says } = await run(nodeProgram('proc-escape.mjs', kind));
    const escapee = pidIn(await says(/escaped (\d+)/));
    expect(processes.members(child.identity)).toContain(escapee);
    const proof = await processes.stop(child.identity, { times: { ...PATIENT, sigintMs: 10_000 } });
    expect(proof.survivors).toEqual([]);
    expect(pidsOf(proof, 'sweep_term')).toEqual([escapee]);
    expect(isRunning(escapee)).toBe(false);
  });

  it('is killed when it ignores SIGTERM', async () => {
    const { child, says } = await run(nodeProgram('proc-escape.mjs', 'daemon'));
    const escapee = pidIn(await says(/escaped (\d+)/));
    const proof = await processes.stop(child.identity, { times: NO_WAITS });
    expect(pidsOf(proof, 'sweep_kill')).toEqual([escapee]);
  });

  it('is found by its parent even when the leader dies first and the marker is gone', async () => {
    const { child, says } = await run(nodeProgram('proc-escape.mjs', 'stripped'));
    const escapee = pidIn(await says(/escaped (\d+)/));
    expect(steps(await processes.stop(child.identity, { times: PATIENT }))).toEqual(['sigint', 'sweep_term']);
    expect(isRunning(escapee)).toBe(false);
  });
});

describe('the sweep after a clean exit', () => {
  it('ends background children, in the group and outside of it', async () => {
    const { child, says } = await run([program('proc-background.sh')]);
    const left = pidIn(await says(/left (\d+)\ndone/));
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    const members = processes.members(child.identity);
    expect(members).toContain(left);
    expect(members).toHaveLength(2);
    const proof = await processes.sweep(child.identity);
    expect([...pidsOf(proof, 'sweep_term')].sort()).toEqual([...members].sort());
    expect(proof.survivors).toEqual([]);
    expect(members.filter(isRunning)).toEqual([]);
  });

  it('does nothing, and leaves no guard, after an agent that cleaned up', async () => {
    const { child } = await run(['/bin/sh', '-c', 'exit 3']);
    expect(await child.exited).toEqual({ exitCode: 3, signal: null });
    expect(processes.members(child.identity)).toEqual([]);
    expect(await processes.sweep(child.identity)).toMatchObject({ steps: [], survivors: [] });
    expect(runningInGroup(child.identity.pgid)).toEqual([]);
  });

  it('does not outrun a process that forks all the time', async () => {
    // Each generation starts the next in a session of its own and leaves: nobody but the marker connects them.
    const chain = 'if [ "$N" -gt 0 ]; then N=$((N-1)) setsid /bin/sh -c "$CHAIN" & exit; else echo "end of the chain" >chain; fi';
    const order = orderFor(folder, ['/bin/sh', '-c', 'setsid /bin/sh -c "$CHAIN" & echo away']);
    const one = await start(processes, { ...order, env: { ...order.env, CHAIN: chain, N: '100000' } });
    started.push(one);
    await one.says(/away/);
    await one.child.exited;
    expect((await processes.sweep(one.child.identity)).survivors).toEqual([]);
    expect((await processes.sweepMarker(order.marker)).steps).toEqual([]);
  });
});
