import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { gateArguments, GATE_WORD, isGateCommand } from '../../../../src/adapters/process/gate-script.js';
import { isRunning, untilGone } from './support.js';

// /bin/sh is one of these on most systems; `sh` is whatever this machine has.
const SHELLS = [['/bin/sh'], ['/bin/dash'], ['/bin/bash', '--posix']].filter(([shell]) => existsSync(shell!));

function startGate([shell = '', ...options]: readonly string[], argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(shell, [...options, ...gateArguments({ argv, env, marker: 'gate-test' })], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const gate = child.stdio[3] as Writable & Readable;
  gate.on('error', () => undefined);
  gate.resume();
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const all = { stdout: '', stderr: '' };
  const closed = Promise.all((['stdout', 'stderr'] as const).map((name) => once(child[name]!.on('data', (data) => (all[name] += String(data))), 'end')));
  return { child, gate, exited, output: closed.then(() => all) };
}

describe.each(SHELLS)('the gate under %s %s', (...shell) => {
  it('becomes the program, with its pid, when it is told to', async () => {
    const { child, gate, exited, output } = startGate(shell, ['/bin/sh', '-c', 'echo $$; exit 9']);
    gate.write(GATE_WORD);
    expect(await exited).toEqual([9, null]);
    expect((await output).stdout).toBe(`${child.pid}\n`);
    gate.destroy();
  });

  it.each([
    ['the end of the input', ''],
    ['another word', 'no\n'],
    ['an empty line', '\n'],
    ['half a word', 'g'],
  ])('runs nothing on %s', async (_name, text) => {
    const { gate, exited, output } = startGate(shell, ['/bin/echo', 'ran']);
    gate.end(text);
    expect(await exited).toEqual([125, null]);
    expect(await output).toEqual({ stdout: '', stderr: '' });
  });

  it('adds no variable of its own, and keeps those of the same names', async () => {
    const bare = startGate(shell, ['/usr/bin/env'], { A: '1' });
    bare.gate.write(GATE_WORD);
    // bash adds these two at the very exec.
    const seen = (await bare.output).stdout.split('\n').filter((line) => !/^(_=|SHLVL=|$)/.test(line));
    expect(seen).toEqual(['A=1']);
    bare.gate.destroy();
    const own = startGate(shell, ['/usr/bin/env'], { PWD: process.cwd(), OLDPWD: '/tmp' });
    own.gate.write(GATE_WORD);
    expect((await own.output).stdout.split('\n')).toEqual(expect.arrayContaining([`PWD=${process.cwd()}`]));
    own.gate.destroy();
  });

  it.each([['no-such-program', 127], ['/etc/passwd', 126]])('says why %s does not start, and exits %i', async (name, code) => {
    const { gate, exited, output } = startGate(shell, [name], { PATH: '/usr/bin:/bin' });
    gate.write(GATE_WORD);
    expect(await exited).toEqual([code, null]);
    expect((await output).stderr).toContain(name);
    gate.destroy();
  });

  it('ends the group when the other end of the pipe is gone, without any PATH', async () => {
    const { child, gate, exited, output } = startGate(shell, ['/bin/sh', '-c', 'trap "" TERM; /bin/sleep 600 & echo $!; wait; wait']);
    gate.write(GATE_WORD);
    const [data] = (await once(child.stdout!, 'data')) as [Buffer];
    const background = Number(String(data));
    expect(isRunning(background)).toBe(true);
    gate.destroy();
    expect(await exited).toEqual([null, 'SIGKILL']);
    await untilGone([background]);
    // Nothing holds the program's output any more: the guard never did.
    await output;
  });

  it('asks the group before it kills it', async () => {
    const { child, gate, exited } = startGate(shell, ['/bin/sh', '-c', 'trap "exit 3" TERM; echo ready; while :; do /bin/sleep 0.01; done']);
    gate.write(GATE_WORD);
    await once(child.stdout!, 'data');
    gate.destroy();
    expect(await exited).toEqual([3, null]);
  });

  it('holds none of the pipes: the output ends with the program', async () => {
    const { gate, output } = startGate(shell, ['/bin/echo', 'done']);
    gate.write(GATE_WORD);
    expect(await output).toEqual({ stdout: 'done\n', stderr: '' });
    expect(gate.destroyed).toBe(false);
    gate.destroy();
  });
});

describe('a command line', () => {
  const commandLine = ['/bin/sh', ...gateArguments({ argv: ['agent'], env: {}, marker: 'r-abc' })].join(' ');

  it('is a gate\'s only with the whole script and the same marker', () => {
    expect(isGateCommand(commandLine, 'r-abc')).toBe(true);
    for (const other of ['r-ab', 'r-abcd', '', 'PWD']) expect(isGateCommand(commandLine, other)).toBe(false);
    expect(isGateCommand(`nice ${commandLine}`, 'r-abc')).toBe(false);
    expect(isGateCommand('/bin/sh -c ai-gate r-abc agent', 'r-abc')).toBe(false);
  });
});
