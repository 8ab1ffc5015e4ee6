import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversCommands, exampleCommand, findCommonCommand } from '../../../../../src/domain/policy/analysis/commands.js';
import type { CommandPattern } from '../../../../../src/domain/policy/layer.js';

const isMatch = ({ starts, any }: CommandPattern, words: readonly string[]): boolean => starts.every((word, index) => words[index] === word) && (any.length === 0 || words.slice(1).some((word) => any.includes(word)));

const word = fc.constantFrom('git', 'push', 'pull', 'main', '--force');
const patterns: fc.Arbitrary<CommandPattern> = fc.record({ starts: fc.array(word, { maxLength: 3 }), any: fc.uniqueArray(word, { maxLength: 2 }) });
const commands = fc.array(word, { minLength: 1, maxLength: 4 });

describe('patterns of commands', () => {
  it('that share nothing have no command in common, and an example is one', () => {
    fc.assert(
      fc.property(patterns, patterns, fc.array(commands, { minLength: 30, maxLength: 30 }), (a, b, some) => {
        const common = findCommonCommand(a, b);
        if (common === null) expect(some.find((words) => isMatch(a, words) && isMatch(b, words))).toBeUndefined();
        else if (![...a.starts, ...b.starts].some((part) => part.startsWith('-'))) expect([isMatch(a, common), isMatch(b, common)]).toEqual([true, true]);
        expect(isMatch(a, exampleCommand(a))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('that cover others match whatever those match', () => {
    fc.assert(
      fc.property(patterns, patterns, fc.array(commands, { minLength: 30, maxLength: 30 }), (outer, inner, some) => {
        if (coversCommands(outer, inner)) expect(some.find((words) => isMatch(inner, words) && !isMatch(outer, words))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [['git', 'push'], [], ['git'], ['--force', '-f'], ['git', 'push', '--force']],
    [['git', 'push', 'main'], ['-f'], ['git', 'push'], ['main'], ['git', 'push', 'main', '-f']],
    [['/usr/bin/git', 'push'], [], ['git'], [], ['/usr/bin/git', 'push']],
    [[], ['x'], [], [], ['true', 'x']],
    [['git', 'push'], [], ['git', 'pull'], [], null],
    [['git'], [], ['npm'], [], null],
  ])('%j %j and %j %j share %j', (startsA, anyA, startsB, anyB, common) => expect(findCommonCommand({ starts: startsA, any: anyA }, { starts: startsB, any: anyB })).toEqual(common));

  it('that name options are not told apart, because options may be skipped', () => {
    expect(findCommonCommand({ starts: ['git', '-C'], any: [] }, { starts: ['git', 'push'], any: [] })).not.toBeNull();
  });
});
