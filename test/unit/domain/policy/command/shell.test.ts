import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../../../src/domain/policy/command/read-command.js';

/** Every command prints its words, each ended by NUL, and then one more NUL-separated mark. */
const PRELUDE = 'show() { printf "%s\\0" show "$@" "<end>"; }\nfail() { printf "%s\\0" fail "$@" "<end>"; return 1; }\n';

function runWith(shell: string, text: string): string[][] | null {
  // With a socket as its input, bash takes itself for a remote shell and reads the files of the person.
  const result = spawnSync(shell, ['-c', `${PRELUDE}${text}`], { encoding: 'utf8', env: {}, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.stderr !== '' || result.error !== undefined) return null;
  const commands: string[][] = [];
  let words: string[] = [];
  for (const word of result.stdout.split('\0').slice(0, -1)) {
    if (word === '<end>') {
      commands.push(words);
      words = [];
    } else words.push(word);
  }
  return commands;
}

/** How a text can be written so that a shell reads it as itself. */
const characters = fc.constantFrom(...'abz09 \t$`"\'\\*?[]{},;&|<>()#~!=%@:./-+\n'.split(''), 'é', '日', '😀');
const words = fc.string({ unit: characters, maxLength: 6 }).filter((word) => word !== '<end>');
const QUOTINGS: readonly ((text: string) => string)[] = [
  (text) => `'${text.replaceAll("'", "'\\''")}'`,
  (text) => `"${text.replaceAll(/[$`"\\]/g, '\\$&')}"`,
  // A backslash before a line break joins lines, so such a break is quoted otherwise.
  (text) => Array.from(text, (character) => (character === '\n' ? "'\n'" : `\\${character}`)).join('') || "''",
];
const written = fc.tuple(words, words, fc.nat(2), fc.nat(2)).map(([head, tail, first, second]) => QUOTINGS[first]!(head) + QUOTINGS[second]!(tail));
const bare = fc.stringMatching(/^[a-z0-9%@:.,/+-]{1,6}$/);
const gap = fc.constantFrom(' ', '  ', '\t', ' \\\n ');
const command = fc.tuple(fc.constantFrom('show', 's"h"ow', "sho'w'", '\\show', 'env_less=1 show', '>/dev/null show', 'show 2>&1'), fc.array(fc.tuple(gap, fc.oneof(written, bare)), { maxLength: 4 })).map(([program, args]) => ({
  text: program + args.map(([space, word]) => space + word).join(''),
  hidden: program.startsWith('>'),
}));
const joint = fc.constantFrom(';', ' ; ', '\n', ' && ', '&&\n', '; true && ', ' # note\n', '; ! fail || ', '; fail || ');

const lines = fc
  .array(fc.tuple(joint, command, fc.constantFrom('plain', 'plain', 'group', 'subshell', 'if', 'sh')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([join, { text }, form], index) => (index === 0 ? '' : join) + wrap(text, form)).join(''));

function wrap(text: string, form: string): string {
  if (form === 'group') return `{ ${text}\n}`;
  if (form === 'subshell') return `(${text})`;
  if (form === 'if') return `if true; then ${text}\nfi`;
  return form === 'sh' ? `eval ${QUOTINGS[0]!(text)}` : text;
}

/** What the reading says would be printed: only show and fail print, and not into /dev/null. */
const printed = (text: string): (string | null)[][] => readCommand(text).commands.map((simple) => [...simple.words]).filter(([program]) => program === 'show' || program === 'fail');

describe('a plain reading agrees with real shells', () => {
  it.each(['sh', 'bash'])('%s runs the words that were read', (shell) => {
    if (spawnSync(shell, ['-c', ':']).status !== 0) return;
    let compared = 0;
    fc.assert(
      fc.property(lines.filter((text) => !text.includes('>/dev/null')), (text) => {
        const reading = readCommand(text);
        expect(reading.kind === 'plain' ? null : reading.reason, text).toBeNull();
        const ran = runWith(shell, text);
        if (ran === null) return;
        compared += 1;
        // `||` leaves out what follows a success, so what ran is a part of what was read, in its order.
        const read = printed(text);
        if (text.includes('||')) expect(read).toEqual(expect.arrayContaining(ran));
        else expect(read).toEqual(ran);
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(250);
  });

  it('never throws, and gives the text back', () => {
    const pieces = fc.constantFrom('git', 'push', ' ', '\n', '"', "'", '\\', '$', '`', '$(', ')', '(', '{', '}', '${', '<<E\n', 'E\n', '<', '>', '&', '|', ';', '#', '*', '=', 'env ', 'sudo -u ', 'sh -c ', 'xargs ', 'eval ', 'find -exec ', 'if ', 'then ', 'fi', 'for ', 'do ', 'done', "$'", '\\x41', '\0', '\ud800', '__proto__', 'constructor ', '((', '[[', '!');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: pieces, maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 30 })), (text) => {
        const reading = readCommand(text);
        expect(reading.text).toBe(text);
        expect(['plain', 'unreadable']).toContain(reading.kind);
      }),
      { numRuns: 3_000 },
    );
  });

  it('what real shells refuse or run differently is not read as plain words: quotes and joints at random', () => {
    const pieces = fc.constantFrom('show', ' a', ' b', ' ', '\n', '"', "'", '\\', ';', '&&', '(', ')', '{ ', '; }', '#', ' c\\', '\t');
    let compared = 0;
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 14 }), (text) => {
        if (readCommand(text).kind !== 'plain') return;
        const ran = runWith('sh', text);
        if (ran === null) return;
        compared += 1;
        const read = printed(text);
        if (/&&/.test(text)) expect(read).toEqual(expect.arrayContaining(ran));
        else expect(read).toEqual(ran);
      }),
      { numRuns: 1_500 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
