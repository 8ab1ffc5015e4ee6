import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../src/cli/terminal.js';
import { NO_GLOBALS, recordOutput } from './recording-io.js';

const open = (globals = NO_GLOBALS, environment: Record<string, string> = {}, isTerminal = false) => {
  const [stdout, stderr] = [recordOutput(isTerminal), recordOutput(isTerminal)];
  let asked = 0;
  const signal = (): AbortSignal => {
    asked += 1;
    return new AbortController().signal;
  };
  return { io: createTerminal({ stdout, stderr, environment, signal }, globals), stdout, stderr, asked: () => asked };
};

describe('the terminal', () => {
  it('keeps answer and talk apart', () => {
    const { io, stdout, stderr } = open();
    io.out('answer\n');
    io.note('talk');
    io.error('trouble');
    expect([stdout.text(), stderr.text()]).toEqual(['answer\n', 'talk\ntrouble\n']);
  });

  it('talks of errors only with --quiet', () => {
    const { io, stderr } = open({ ...NO_GLOBALS, quiet: true });
    io.note('talk');
    io.error('trouble');
    expect(stderr.text()).toBe('trouble\n');
  });

  it('is 100 columns wide where there is none', () => {
    expect(open().io.columns).toBe(100);
    expect(open(NO_GLOBALS, {}, true).io.columns).toBe(80);
  });

  it('prints new lines only where it must', () => {
    expect(open().io.appendOnly).toBe(true);
    expect(open(NO_GLOBALS, { TERM: 'xterm' }, true).io.appendOnly).toBe(false);
    expect(open(NO_GLOBALS, { TERM: 'xterm', ACCESSIBLE: '1' }, true).io.appendOnly).toBe(true);
  });

  it('asks for the signal only when a command reads it', () => {
    const { io, asked } = open();
    expect(asked()).toBe(0);
    expect(io.signal.aborted).toBe(false);
    expect(asked()).toBe(1);
  });

  it('does not ask where it can not, and takes --yes for an answer', async () => {
    expect(await open().io.confirm('Really?', false)).toBe(false);
    expect(await open().io.confirm('Really?', true)).toBe(true);
    expect(await open({ ...NO_GLOBALS, noInput: true }, {}, true).io.confirm('Really?', false)).toBe(false);
    expect(await open({ ...NO_GLOBALS, json: true }, {}, true).io.confirm('Really?', false)).toBe(false);
    expect(await open({ ...NO_GLOBALS, yes: true }).io.confirm('Really?', false)).toBe(true);
  });
});
