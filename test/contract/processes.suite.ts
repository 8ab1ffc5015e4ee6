import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatedChild, LaunchOrder, OutputStream, Processes } from '../../src/ports/processes.js';

const NO_WAITS = { interruptMs: 0, sigintMs: 0, sigtermMs: 0 };
const PATIENT = { interruptMs: 30_000, sigintMs: 30_000, sigtermMs: 30_000 };
const program = (name: string): string => fileURLToPath(new URL(`../fixtures/programs/${name}`, import.meta.url));

/** What every implementation of the port promises, with real programs and in words of the port alone. */
export function describeProcesses(name: string, createProcesses: () => Processes): void {
  describe(`Processes: ${name}`, () => {
    const processes = createProcesses();
    let folder: string;
    let markers = 0;
    const children: GatedChild[] = [];
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'ai-contract-'));
    });
    afterEach(async () => {
      for (const child of children.splice(0)) await processes.stop(child.identity, { times: NO_WAITS });
      await rm(folder, { recursive: true, force: true });
    });

    async function spawnGated(argv: readonly string[], overrides: Partial<LaunchOrder> = {}): Promise<GatedChild> {
      const marker = `contract-${process.pid}-${process.hrtime.bigint()}-${(markers += 1)}`;
      const files = { stdoutFile: path.join(folder, `${marker}.out`), stderrFile: path.join(folder, `${marker}.err`) };
      const child = await processes.spawnGated({ argv, cwd: folder, env: { PATH: process.env['PATH'] ?? '' }, stdin: '', marker, ...files, maxFileBytes: 10_000, onOutput: () => undefined, ...overrides });
      children.push(child);
      return child;
    }

    /** Starts a program and waits for its first words. */
    async function startTalking(argv: readonly string[]): Promise<{ readonly child: GatedChild; readonly words: string }> {
      let hear: (words: string) => void = () => undefined;
      const heard = new Promise<string>((resolve) => (hear = resolve));
      const child = await spawnGated(argv, { onOutput: (_stream, chunk) => hear(Buffer.from(chunk).toString('utf8')) });
      child.open();
      return { child, words: await heard };
    }

    it('knows itself', () => {
      const self = processes.self();
      expect(self.pid).toBe(process.pid);
      expect(processes.isAlive(self)).toBe(true);
      expect(processes.isAlive({ ...self, startTime: `${self.startTime}0` })).toBe(false);
      expect(processes.isAlive({ ...self, bootId: 'another' })).toBe(false);
      expect(processes.members(self)).not.toContain(process.pid);
    });

    it('a gated child lives and does nothing until it is opened', async () => {
      const child = await spawnGated(['/bin/sh', '-c', ': >ran; cat']);
      expect(processes.isAlive(child.identity)).toBe(true);
      expect(existsSync(path.join(folder, 'ran'))).toBe(false);
      child.open();
      expect(await child.exited).toEqual({ exitCode: 0, signal: null });
      expect(existsSync(path.join(folder, 'ran'))).toBe(true);
      expect(processes.isAlive(child.identity)).toBe(false);
    });

    it('gives exactly the environment, the marker and the input, and keeps the output as it comes', async () => {
      const heard: [OutputStream, string][] = [];
      const child = await spawnGated(['/bin/sh', '-c', 'env | grep -v -e ^_= -e ^PWD= -e ^SHLVL= | sort; cat; echo oops >&2'], {
        env: { PATH: '/usr/bin:/bin', WORD: 'two words' },
        stdin: 'said on stdin',
        onOutput: (stream, chunk) => void heard.push([stream, Buffer.from(chunk).toString('utf8')]),
      });
      child.open();
      await child.exited;
      const all = (name: OutputStream): string => heard.filter(([stream]) => stream === name).map(([, text]) => text).join('');
      expect(all('stdout')).toBe(`AI_RUN_ID=${child.identity.marker}\nPATH=/usr/bin:/bin\nWORD=two words\nsaid on stdin`);
      expect(all('stderr')).toBe('oops\n');
      expect(await readFile(path.join(folder, `${child.identity.marker}.out`), 'utf8')).toBe(all('stdout'));
      expect(await readFile(path.join(folder, `${child.identity.marker}.err`), 'utf8')).toBe('oops\n');
      expect(child.output).toEqual({ stdoutBytes: all('stdout').length, stderrBytes: 5, droppedBytes: 0 });
    });

    it('bounds the file, counts the rest, and still hands everything on', async () => {
      let seenBytes = 0;
      const child = await spawnGated([process.execPath, program('proc-flood.mjs'), '1000000'], { onOutput: (_stream, chunk) => void (seenBytes += chunk.length) });
      child.open();
      await child.exited;
      expect(child.output).toEqual({ stdoutBytes: 1_000_000, stderrBytes: 0, droppedBytes: 990_000 });
      expect(seenBytes).toBe(1_000_000);
    });

    it('tells a program that can not be started by 127 or 126, and a folder that is not there by an error', async () => {
      const missing = await spawnGated(['no-such-program']);
      missing.open();
      expect((await missing.exited).exitCode).toBe(127);
      const refused = await spawnGated([folder]);
      refused.open();
      expect((await refused.exited).exitCode).toBe(126);
      await expect(spawnGated(['true'], { cwd: path.join(folder, 'missing') })).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
    });

    it('stops politely what can be asked, and hard what can not, until nothing is left', async () => {
      const polite = await startTalking([program('proc-polite.sh'), 'INT']);
      expect((await processes.stop(polite.child.identity, { times: PATIENT })).steps.map(({ step }) => step)).toEqual(['sigint']);
      const stubborn = await startTalking([program('proc-stubborn.sh')]);
      const proof = await processes.stop(stubborn.child.identity, { times: NO_WAITS, interrupt: () => undefined });
      expect(proof.steps.map(({ step }) => step)).toEqual(['interrupt', 'sigint', 'sigterm', 'sigkill']);
      expect(proof.survivors).toEqual([]);
      expect(processes.members(stubborn.child.identity)).toEqual([]);
      expect(await stubborn.child.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
    });

    it('ends what a finished agent left behind, wherever it went', async () => {
      const { child } = await startTalking([program('proc-background.sh')]);
      await child.exited;
      const left = processes.members(child.identity);
      expect(left).toHaveLength(2);
      const proof = await processes.sweep(child.identity);
      expect(proof.steps.flatMap(({ pids }) => pids)).toEqual(expect.arrayContaining([...left]));
      expect(processes.members(child.identity)).toEqual([]);
      expect(await processes.sweep(child.identity)).toMatchObject({ steps: [], survivors: [] });
    });

    it('finds a run by its marker alone', async () => {
      const { child } = await startTalking([program('proc-stubborn.sh')]);
      expect((await processes.sweepMarker(`${child.identity.marker}-other`)).steps).toEqual([]);
      expect(processes.isAlive(child.identity)).toBe(true);
      expect((await processes.sweepMarker(child.identity.marker)).survivors).toEqual([]);
      expect(processes.isAlive(child.identity)).toBe(false);
    });

    it('never signals a stranger that has the number of a recorded process', async () => {
      const { child } = await startTalking([program('proc-stubborn.sh')]);
      for (const difference of [{ startTime: '1' }, { bootId: 'another' }, { host: 'elsewhere' }]) {
        const identity = { ...child.identity, marker: 'nobody-at-all', ...difference };
        expect(processes.members(identity)).toEqual([]);
        expect(await processes.stop(identity, { times: NO_WAITS })).toMatchObject({ steps: [], survivors: [] });
      }
      expect(processes.isAlive(child.identity)).toBe(true);
    });

    it('runs helper programs: output, exit, time limit, absence', async () => {
      const run = (argv: readonly string[], timeoutMs = 30_000) => processes.run({ argv, cwd: folder, env: { PATH: process.env['PATH'] ?? '' }, timeoutMs, maxOutputBytes: 6 });
      expect(await run(['/bin/sh', '-c', 'echo beginning and end; exit 4'])).toMatchObject({ exitCode: 4, signal: null, stdout: 'd end\n', stderr: '', timedOut: false, notFound: false });
      expect(await run(['no-such-program'])).toMatchObject({ notFound: true, exitCode: null });
      expect(await run(['sleep', '600'], 50)).toMatchObject({ timedOut: true, exitCode: null, notFound: false });
    });
  });
}
