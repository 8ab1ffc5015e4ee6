import { describe, expect, it } from 'vitest';
import { createStyle, wantsAppendOnly, wantsColour } from '../../../src/cli/style.js';

describe('wantsColour', () => {
  const terminal = { noColor: false, isTerminal: true };
  const pipe = { noColor: false, isTerminal: false };

  it.each([
    ['a terminal', {}, terminal, true],
    ['a pipe', {}, pipe, false],
    ['NO_COLOR', { NO_COLOR: '1' }, terminal, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, terminal, true],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, pipe, true],
    ['FORCE_COLOR over NO_COLOR', { FORCE_COLOR: '', NO_COLOR: '1' }, pipe, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, terminal, false],
    ['TERM=dumb', { TERM: 'dumb' }, terminal, false],
    ['--no-color over FORCE_COLOR', { FORCE_COLOR: '1' }, { noColor: true, isTerminal: true }, false],
  ])('%s', (_name, environment, given, expected) => {
    expect(wantsColour(environment, given)).toBe(expected);
  });
});

describe('wantsAppendOnly', () => {
  it('is true without a terminal, on a dumb one, and for ACCESSIBLE=1', () => {
    expect(wantsAppendOnly({}, false)).toBe(true);
    expect(wantsAppendOnly({ TERM: 'dumb' }, true)).toBe(true);
    expect(wantsAppendOnly({ ACCESSIBLE: '1' }, true)).toBe(true);
    expect(wantsAppendOnly({ ACCESSIBLE: '0', TERM: 'xterm' }, true)).toBe(false);
  });
});

describe('createStyle', () => {
  it('is the identity when colour is off', () => {
    const style = createStyle(false);
    expect([style.bold('a'), style.red('b'), style.dim('c')]).toEqual(['a', 'b', 'c']);
  });

  it('closes what it opens', () => {
    expect(createStyle(true).green('ok')).toBe('\u001b[32mok\u001b[39m');
    expect(createStyle(true).green('')).toBe('');
  });
});
