import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutputTail } from '../../../../src/adapters/process/output-tail.js';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import type { CommandOrder } from '../../../../src/ports/processes.js';
import { isRunning, newFolder, nodeProgram, program, removeFolder, untilGone } from './support.js';

const processes = createProcesses();
let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => removeFolder(folder));

const run = (argv: readonly string[], overrides: Partial<CommandOrder> = {}) =>
  processes.run({ argv, cwd: folder, env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 60_000, maxOutputBytes: 10_000, ...overrides });

describe('a helper program', () => {
  it('answers its exit code and both streams', async () => {
    const result = await run(['/bin/sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n', timedOut: false, notFound: false });
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('answers the signal that ended it', async () => {
    expect(await run(['/bin/sh', '-c', 'kill -KILL $$'])).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: false });
  });

  it('sees exactly the environment it is given, and the input', async () => {
    expect((await run(['/usr/bin/env'], { env: { ONE: '1', 'odd.name': 'x y' } })).stdout).toBe('ONE=1\nodd.name=x y\n');
    expect((await run(['/usr/bin/env'], { env: {} })).stdout).toBe('');
    expect((await run(['/bin/cat'], { stdin: 'näive\n' })).stdout).toBe('näive\n');
    expect((await run(['/bin/cat'])).stdout).toBe('');
  });

  it('may leave its input unread', async () => {
    expect(await run(['/bin/true'], { stdin: 'x'.repeat(5_000_000) })).toMatchObject({ exitCode: 0 });
  });

  it('is reported as not found when there is no such program, or it may not be run', async () => {
    await writeFile(path.join(folder, 'data'), '');
    expect(await run(['no-such-program'])).toMatchObject({ notFound: true, exitCode: null, signal: null, stdout: '' });
    expect(await run([path.join(folder, 'data')])).toMatchObject({ notFound: true });
  });

  it.each<[string, string, readonly string[], Partial<CommandOrder>]>([
    ['a folder that is not there', 'WORKSPACE_FAILED', ['/bin/true'], { cwd: '/no/such/folder' }],
    ['a NUL in an argument', 'INVALID_INPUT', ['/bin/echo', 'a\0'], {}],
    ['no program', 'INVALID_INPUT', [], {}],
    ['arguments beyond the limit of the system', 'INVALID_INPUT', ['/bin/echo', 'x'.repeat(4 * 1024 * 1024)], {}],
  ])('is refused for %s', async (_name, code, argv, overrides) => {
    await expect(run(argv, overrides)).rejects.toMatchObject({ name: 'AiError', code });
  });

  it('keeps the end of what it prints', async () => {
    const result = await run(['/bin/sh', '-c', 'i=0; while [ $i -lt 5000 ]; do echo "line $i"; i=$((i+1)); done; echo "last words" >&2'], { maxOutputBytes: 20 });
    expect(result.stdout).toBe('line 4998\nline 4999\n');
    expect(result.stderr).toBe('last words\n');
  });

  it('prints invalid UTF-8 without harm', async () => {
    expect((await run(['/bin/sh', '-c', "printf 'a\\377b'"])).stdout).toBe('a\uFFFDb');
  });
});

describe('a helper program that does not end in time', () => {
  it('is ended with its group, even when all of it ignores SIGTERM', async () => {
    const result = await run([program('proc-stubborn.sh')], { timeoutMs: 300 });
    const pids = /ready (\d+) (\d+)/.exec(result.stdout)!.slice(1).map(Number);
    expect(result).toMatchObject({ timedOut: true, exitCode: null, signal: 'SIGKILL' });
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('is asked with SIGTERM first, so that it can remove its lock files', async () => {
    const result = await run(['/bin/sh', '-c', 'trap "echo cleaned; exit 5" TERM; echo ready; while :; do sleep 0.01; done'], { timeoutMs: 300 });
    expect(result).toMatchObject({ timedOut: true, exitCode: 5, stdout: 'ready\ncleaned\n' });
  });

  it('does not keep us waiting when a grandchild of another group holds its output, and takes that along', async () => {
    const result = await run(nodeProgram('proc-hold-pipe.mjs', 'stay'), { timeoutMs: 1_500 });
    const holder = Number(/held by (\d+)/.exec(result.stdout)![1]);
    expect(result.timedOut).toBe(true);
    await untilGone([holder]);
  });
});

it('a helper program that ended does not keep us waiting for what it left behind', async () => {
  const result = await run(nodeProgram('proc-hold-pipe.mjs', 'leave'));
  expect(result).toMatchObject({ exitCode: 0, timedOut: false });
  const holder = Number(/held by (\d+)/.exec(result.stdout)![1]);
  expect(isRunning(holder)).toBe(true);
  process.kill(holder, 'SIGKILL');
  await untilGone([holder]);
});

it('the tail of a stream is its last bytes, whatever the chunks were', () => {
  const chunk = fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => Buffer.from(text)));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), fc.integer({ min: 0, max: 40 }), (chunks, maxBytes) => {
      const tail = createOutputTail(maxBytes);
      for (const one of chunks) tail.push(one);
      const all = Buffer.concat(chunks);
      const kept = all.subarray(Math.max(0, all.length - maxBytes)).toString('utf8');
      // Where the cut went through a character, its rest is left out: at most three bytes, each a U+FFFD otherwise.
      expect(kept.endsWith(tail.text())).toBe(true);
      expect(kept.slice(0, kept.length - tail.text().length)).toMatch(/^\uFFFD{0,3}$/);
      if (all.length <= maxBytes) expect(tail.text()).toBe(kept);
    }),
  );
});
