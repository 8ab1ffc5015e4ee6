import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { compilePathSet, matchesPath } from '../../../../src/domain/glob/path-set.js';
import { patterns, smallPaths } from './samples.js';

const folded = (include: readonly string[], except: readonly string[] = []) => compilePathSet({ include, except }, { fold: true });
const exact = (include: readonly string[], except: readonly string[] = []) => compilePathSet({ include, except }, { fold: false });

/**
 * What a pattern without braces means in picomatch's terms. `posix` because `[!a]` is read as "! or a" without it. Two differences
 * are intended: a bare name covers what is below it, and `a/**` does not cover `a`. One is a shortcut of picomatch: after the
 * dot of `*.*` at the end it asks for a character, as it does in no other pattern.
 */
function oracle(pattern: string): (path: string) => boolean {
  const matches = picomatch(pattern.replace(/(^|\/)\*\.\*$/, '$1*[.]*'), { dot: true, posix: true });
  if (!/[*?[]/.test(pattern)) return (path) => path === pattern || path.startsWith(`${pattern}/`);
  if (pattern !== '**' && !pattern.endsWith('/**')) return (path) => matches(path);
  const below = picomatch(`${pattern}/*`, { dot: true, posix: true });
  return (path) => below(path);
}

describe('membership', () => {
  it('agrees with picomatch on random patterns and paths', () => {
    fc.assert(
      fc.property(patterns, (pattern) => {
        const set = exact([pattern.text]);
        const oracles = pattern.expansions.map(oracle);
        const wrong = smallPaths.filter((path) => matchesPath(set, path) !== oracles.some((matches) => matches(path)));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a pattern covers', () => {
  it.each<[pattern: string, covered: string[], not: string[]]>([
    ['src/auth', ['src/auth', 'src/auth/login.ts', 'src/auth/a/b/.c'], ['src', 'src/authors', 'x/src/auth']],
    ['src/auth/', ['src/auth/login.ts'], ['src/auth']],
    ['src/**', ['src/a', 'src/.env', 'src/a/b'], ['src', 'srcs/a']],
    ['**', ['a', '.env', 'a/b/c'], []],
    ['**/*.ts', ['a.ts', 'src/a.ts', '.ts', 'src/.x/a.ts'], ['a.tsx', 'a.ts/b']],
    ['src/**/*.ts', ['src/a.ts', 'src/x/y/a.ts'], ['a.ts', 'src/a.js']],
    ['src/**/test/**', ['src/test/a', 'src/a/b/test/c/d'], ['src/test', 'src/a/test']],
    ['*', ['a', '.git', 'a.b'], ['a/b']],
    ['*/', ['a/b', 'a/b/c'], ['a']],
    ['?', ['a', 'é', '𝒳'], ['ab', '.']],
    ['.*', ['.env', '.a'], ['env', '..', '.']],
    ['[!a]x', ['bx', '.x'], ['ax', 'x']],
    ['[a-c]', ['a', 'c'], ['d', 'a/b']],
    ['[]-]', [']', '-'], ['a']],
    ['[a-]', ['a', '-'], ['b']],
    ['app/[[]id]', ['app/[id]', 'app/[id]/page.tsx'], ['app/i', 'app/d']],
    ['app/(group)/@side/**', ['app/(group)/@side/page.tsx'], ['app/group/side/page.tsx']],
    ['a[*?{}]', ['a*', 'a?', 'a{', 'a}'], ['ab', 'a*/b']],
    ['src/{auth,billing/tax}', ['src/auth/x', 'src/billing/tax', 'src/billing/tax/y'], ['src/billing', 'src/billing/x']],
    ['a{,.min}.js', ['a.js', 'a.min.js'], ['a.max.js']],
    ['{a,b{c,d{e,f}}}/x', ['a/x', 'bc/x', 'bde/x', 'bdf/x/y'], ['b/x', 'bd/x']],
    ['{[,],b}c', [',c', 'bc'], ['c']],
    ['café', ['cafe\u0301', 'café/x'], ['cafe']],
    ['a b/#c/$d', ['a b/#c/$d/e'], ['ab']],
  ])('%s', (pattern, covered, not) => {
    for (const set of [exact([pattern]), folded([pattern])]) {
      expect(covered.filter((path) => !matchesPath(set, path))).toEqual([]);
      expect(not.filter((path) => matchesPath(set, path))).toEqual([]);
    }
  });

  it.each(['/src/a', 'src/../src/a', './src/a', 'src//a', 'src/./a', '', '/', '..', 'src/a//'])('no set holds %j, which is no plain relative path', (path) => {
    expect(matchesPath(folded(['**', 'src/**']), path)).toBe(false);
  });

  it('ignores one slash at the end of a path, as git reports a nested repository', () => {
    expect(matchesPath(folded(['src/**']), 'src/nested/')).toBe(true);
    expect(matchesPath(folded(['src/**']), 'src/')).toBe(false);
  });

  it('takes the exceptions out', () => {
    const set = folded(['src/**', 'docs'], ['src/billing', '**/*.snap']);
    expect(['src/a.ts', 'docs/b'].every((path) => matchesPath(set, path))).toBe(true);
    expect(['src/billing', 'src/billing/tax.ts', 'docs/x.snap'].some((path) => matchesPath(set, path))).toBe(false);
  });

  it('an empty set covers nothing', () => expect(matchesPath(folded([]), 'a')).toBe(false));
});

describe('folded and exact comparison', () => {
  it.each([
    ['src/Auth', 'SRC/aUTH/x'],
    ['*.TS', 'a.ts'],
    ['[A-C]x', 'bX'],
    ['[b]', 'B'],
    ['É*', 'e\u0301t\u00c9'],
    ['[À-Ý]', 'é'],
    ['ΟΔΟΣ', 'οδος'],
    ['*Σ', 'ΟΔΟς'],
    ['\u212a', 'k'],
    ['İ', 'İ'],
    ['J\u030c', '\u01f0'],
  ])('%s covers %s folded only', (pattern, path) => {
    expect(matchesPath(folded([pattern]), path)).toBe(true);
    expect(matchesPath(exact([pattern]), path)).toBe(pattern === path);
  });

  it('a negated class refuses both cases when folded', () => {
    expect(matchesPath(folded(['[!a]']), 'A')).toBe(false);
    expect(matchesPath(exact(['[!a]']), 'A')).toBe(true);
  });

  it('folding never loses a path that the exact set covers, unless a class is negated', () => {
    const paths = smallPaths.flatMap((path) => [path, path.toUpperCase()]);
    fc.assert(
      fc.property(patterns, fc.boolean(), ({ text }, upper) => {
        fc.pre(!text.includes('[!'));
        const pattern = upper ? text.toUpperCase() : text;
        const [wide, narrow] = [folded([pattern]), exact([pattern])];
        expect(paths.filter((path) => matchesPath(narrow, path) && !matchesPath(wide, path))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('folded membership does not depend on the case of pattern or path', () => {
    fc.assert(
      fc.property(patterns, fc.constantFrom(...smallPaths), ({ text }, path) => {
        const answer = matchesPath(folded([text]), path);
        expect(matchesPath(folded([text.toUpperCase()]), path)).toBe(answer);
        expect(matchesPath(folded([text]), path.toUpperCase())).toBe(answer);
      }),
    );
  });
});
