import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import type { LaunchOrder, OutputStream } from '../../../../src/ports/processes.js';
import { newFolder, nodeProgram, NO_WAITS, orderFor, pidIn, program, readText, removeFolder, start } from './support.js';
import type { Started } from './support.js';

const processes = createProcesses();
let folder: string;
const started: Started[] = [];
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  for (const { child } of started.splice(0)) await processes.stop(child.identity, { times: NO_WAITS });
  await removeFolder(folder);
});

async function run(argv: readonly string[], overrides: Partial<LaunchOrder> = {}, gate: 'open' | 'closed' = 'open'): Promise<Started> {
  const one = await start(processes, orderFor(folder, argv, overrides), gate);
  started.push(one);
  return one;
}

describe('the gate', () => {
  it('holds the program until it is opened, and answers an identity before that', async () => {
    const trace = path.join(folder, 'ran');
    const { child, says } = await run(['/bin/sh', '-c', ': >ran; echo "$$ $AI_RUN_ID"'], {}, 'closed');
    expect(child.identity).toMatchObject({ pgid: child.identity.pid, bootId: processes.self().bootId, host: processes.self().host });
    expect(processes.isAlive(child.identity)).toBe(true);
    expect(existsSync(trace)).toBe(false);
    child.open();
    child.open();
    expect((await says(/.*\n/))[0]).toBe(`${child.identity.pid} ${child.identity.marker}\n`);
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    child.open();
    expect(existsSync(trace)).toBe(true);
  });

  it('gives the program a process group of its own, default signals, no child and no extra descriptor', async () => {
    const { child, text } = await run(['/bin/cat', '/proc/self/status', '/proc/thread-self/children']);
    await child.exited;
    const status = text();
    for (const name of ['SigIgn', 'SigBlk', 'SigCgt']) expect(status).toMatch(new RegExp(`^${name}:\\s*0+$`, 'm'));
    expect(status).toMatch(new RegExp(`^NSpgid:\\s*${child.identity.pid}$`, 'm'));
    // The list of children follows the last line of the status; it is empty.
    expect(status).toMatch(/\nnonvoluntary_ctxt_switches:\s*\d+\n$/);
    const descriptors = await run(['/bin/ls', '/proc/self/fd']);
    await descriptors.child.exited;
    const plain = await processes.run({ argv: ['/bin/ls', '/proc/self/fd'], cwd: folder, env: {}, timeoutMs: 10_000, maxOutputBytes: 1_000 });
    expect(descriptors.text()).toBe(plain.stdout);
  });

  it('passes any text as it is: arguments, environment and stdin are never read by a shell', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));
    const shellText = fc.constantFrom('$(touch hacked)', '`touch hacked`', '"; touch hacked; "', "'", '\n', '*', '-n', '--', '$HOME', '\\', ' ');
    const words = fc.array(fc.oneof(text, shellText), { maxLength: 5 });
    const name = fc.constantFrom('A', 'b_1', 'AI_GATE_', 'word');
    const report = 'let stdin = ""; process.stdin.on("data", (d) => (stdin += d)).on("end", () => console.log(JSON.stringify({ argv: process.argv.slice(1), env: process.env, stdin })))';
    await fc.assert(
      fc.asyncProperty(words, fc.dictionary(name, fc.oneof(text, shellText)), text, async (argv, env, stdin) => {
        const one = await run([process.execPath, '-e', report, '--', ...argv], { env, stdin });
        const { child, order } = one;
        await child.exited;
        const seen: unknown = JSON.parse(one.text());
        await processes.sweep(child.identity);
        const utf8 = (value: string): string => Buffer.from(value, 'utf8').toString('utf8');
        const expectedEnv = Object.fromEntries(Object.entries({ ...env, AI_RUN_ID: order.marker }).map(([key, value]) => [key, utf8(value)]));
        expect(seen).toEqual({ argv: argv.map(utf8), env: expectedEnv, stdin: utf8(stdin) });
        expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a program that can not be started', () => {
  it('exits with 127 and says so when it does not exist', async () => {
    const { child, order } = await run(['no-such-agent']);
    expect(await child.exited).toEqual({ exitCode: 127, signal: null });
    expect(await readText(order.stderrFile)).toMatch(/no-such-agent.*not found/i);
  });

  it('exits with 126 and says so when it may not be run', async () => {
    await writeFile(path.join(folder, 'data.txt'), 'no program');
    const { child, order } = await run(['./data.txt']);
    expect(await child.exited).toEqual({ exitCode: 126, signal: null });
    expect(await readText(order.stderrFile)).toMatch(/data\.txt.*permission denied/i);
  });

  it('is looked up in the PATH of its own environment', async () => {
    await writeFile(path.join(folder, 'my-agent'), '#!/bin/sh\necho mine\n', { mode: 0o755 });
    const found = await run(['my-agent'], { env: { PATH: folder } });
    expect(await found.child.exited).toEqual({ exitCode: 0, signal: null });
    const lost = await run(['my-agent'], { env: {} });
    expect(await lost.child.exited).toEqual({ exitCode: 127, signal: null });
  });

  it.each<[string, string, Partial<LaunchOrder>]>([
    ['a folder that does not exist', 'WORKSPACE_FAILED', { cwd: '/no/such/folder' }],
    ['a folder that is a file', 'WORKSPACE_FAILED', { cwd: '/etc/passwd' }],
    ['an empty argument vector', 'INVALID_INPUT', { argv: [] }],
    ['an option as the program', 'INVALID_INPUT', { argv: ['-a', 'x'] }],
    ['a NUL in an argument', 'INVALID_INPUT', { argv: ['echo', 'a\0b'] }],
    ['a variable that no shell passes on', 'INVALID_INPUT', { env: { 'a.b': '1' } }],
    ['arguments beyond the limit of the system', 'INVALID_INPUT', { argv: ['echo', 'x'.repeat(4 * 1024 * 1024)] }],
    ['a marker with a space', 'INVALID_INPUT', { marker: 'a b' }],
  ])('is refused before anything is started: %s', async (_name, code, overrides) => {
    await expect(processes.spawnGated(orderFor(folder, ['echo'], overrides))).rejects.toMatchObject({ name: 'AiError', code });
  });

  it('is not started when its output can not be kept', async () => {
    await expect(processes.spawnGated(orderFor(folder, ['echo'], { stderrFile: path.join(folder, 'missing', 'err') }))).rejects.toThrow(/ENOENT/);
  });
});

describe('the output', () => {
  it('is kept as raw bytes, invalid UTF-8 too, in files that only the user can read', async () => {
    const chunks: [OutputStream, Uint8Array][] = [];
    const { child, order } = await run(['/bin/sh', '-c', "printf '\\377\\376\\000ok\\303'; printf 'bad\\200' >&2"], { onOutput: (stream, chunk) => void chunks.push([stream, chunk]) });
    await child.exited;
    const whole = (name: OutputStream): string => Buffer.concat(chunks.filter(([stream]) => stream === name).map(([, chunk]) => chunk)).toString('hex');
    expect(await readText(order.stdoutFile).then(() => whole('stdout'))).toBe('fffe006f6bc3');
    expect(whole('stderr')).toBe('62616480');
    expect(child.output).toEqual({ stdoutBytes: 6, stderrBytes: 4, droppedBytes: 0 });
    expect((await stat(order.stdoutFile)).mode & 0o777).toBe(0o600);
  });

  it('is appended, up to the limit of the whole file; the rest is counted and still handed on', async () => {
    const marker = 'limit-test';
    const stdoutFile = path.join(folder, 'out');
    await writeFile(stdoutFile, 'before ');
    let seenBytes = 0;
    const { child } = await run(nodeProgram('proc-flood.mjs', '300000'), { stdoutFile, marker, maxFileBytes: 100_000, onOutput: (_stream, chunk) => void (seenBytes += chunk.length) });
    await child.exited;
    expect(await readText(stdoutFile)).toBe(`before ${'x'.repeat(99_993)}`);
    expect(seenBytes).toBe(300_000);
    expect(child.output).toEqual({ stdoutBytes: 300_000, stderrBytes: 0, droppedBytes: 200_007 });
  });

  it('makes the program wait while the consumer is behind', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const arrived: number[] = [];
    const one = await run(nodeProgram('proc-flood.mjs', String(50_000_000)), {
      onOutput: async (_stream, chunk) => {
        arrived.push(chunk.length);
        await released;
      },
    });
    while (arrived.length === 0) await turn();
    // Nothing but the consumer can move this on: the count stays however long the loop turns.
    for (let turns = 0; turns < 2_000; turns += 1) await turn();
    expect(arrived).toHaveLength(1);
    expect(one.child.output.stdoutBytes).toBe(arrived[0]);
    expect(processes.isAlive(one.child.identity)).toBe(true);
    release();
    await one.child.exited;
    expect(one.child.output.stdoutBytes).toBe(50_000_000);
  });

  it('is complete when the program is gone long before the consumer is done', async () => {
    let seenBytes = 0;
    const { child } = await run(['/bin/sh', '-c', 'i=0; while [ $i -lt 3000 ]; do echo "line number $i"; i=$((i+1)); done'], {
      onOutput: async (_stream, chunk) => {
        for (let turns = 0; turns < 200; turns += 1) await turn();
        seenBytes += chunk.length;
      },
    });
    await child.exited;
    expect(seenBytes).toBe(child.output.stdoutBytes);
    expect(seenBytes).toBe([...Array(3_000).keys()].reduce((sum, line) => sum + `line number ${line}\n`.length, 0));
  });

  it('is complete when the consumer alone takes longer than a straggler is given', async () => {
    const { child } = await run(nodeProgram('proc-flood.mjs', '150000'), { onOutput: () => sleep(300) });
    await child.exited;
    expect(child.output.stdoutBytes).toBe(150_000);
  });

  it('does not wait for a straggler that holds the pipe', async () => {
    const { child, says } = await run([program('proc-straggler.sh')]);
    const left = pidIn(await says(/left (\d+)/));
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    expect(processes.members(child.identity)).toEqual([left]);
  });

  it('goes on to the files when the consumer fails, which is reported once', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const { child, order } = await run(nodeProgram('proc-flood.mjs', '500000'), {
      onOutput: () => {
        throw new Error('the consumer is broken');
      },
    });
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
    await turn();
    process.off('warning', note);
    expect(warnings.map((warning) => warning.message)).toEqual(['the consumer is broken']);
    expect((await stat(order.stdoutFile)).size).toBe(500_000);
  });

  it('of a program that never reads its stdin arrives all the same', async () => {
    const { child, says } = await run(['/bin/sh', '-c', 'exec 0<&-; echo ready'], { stdin: 'x'.repeat(5_000_000) });
    await says(/ready/);
    expect(await child.exited).toEqual({ exitCode: 0, signal: null });
  });
});
