import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { literalPattern, mergeIgnoreFiles } from '../../../../src/adapters/git/ignore-rules.js';
import { temporaryRepository, type Files, type TemporaryRepository } from '../../../support/temporary-repository.js';

const merge = (files: Record<string, string>): string => mergeIgnoreFiles(Object.entries(files).map(([folder, content]) => ({ folder: Buffer.from(folder), content: Buffer.from(content) }))).toString();

describe('merged ignore rules', () => {
  let made: TemporaryRepository;
  beforeEach(() => {
    made = temporaryRepository({ kind: 'empty' });
  });
  afterEach(() => made.close());

  test('keep the rules of the top as they are', () => {
    expect(merge({ '': '# comment\n\n*.log\n!keep.log\n/build/\ntrailing   \nkept\\ \n' })).toBe('*.log\n!keep.log\n/build/\ntrailing\nkept\\ \n');
  });

  test('anchor the rules of a folder there', () => {
    expect(merge({ 'a/b/': '*.o\n/top\nx/y\n!keep\ndir/\n' })).toBe('/a/b/**/*.o\n/a/b/top\n/a/b/x/y\n!/a/b/**/keep\n/a/b/**/dir/\n');
  });

  test('put deeper folders later, because the last match decides', () => {
    expect(merge({ 'a/': '!x\n', '': 'x\n', 'a/b/': 'x\n' })).toBe('x\n!/a/**/x\n/a/b/**/x\n');
  });

  test('escape what is special in the name of a folder', () => {
    expect(merge({ 'we[i]rd *?/': 'x\n' })).toBe('/we\\[i\\]rd\\ \\*\\?/**/x\n');
    expect(literalPattern('!a b')).toBe('/\\!a\\ b');
  });

  const name = fc.constantFrom('a', 'b', 'c', 'a.o', 'b.o', '#x', 'x y', 'k[1]');
  const folders = fc.constantFrom('', 'a/', 'b/', 'a/b/', 'k[1]/', 'x y/');
  const piece = fc.constantFrom('a', 'b', 'c', '*', '*.o', '?', '**', '[ab]', '\\#x', 'x\\ y', 'k\\[1\\]', 'a.o');
  const pattern = fc
    .tuple(fc.constantFrom('', '', '!'), fc.constantFrom('', '/'), fc.array(piece, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/', ' ', '\r'))
    .map(([negation, root, pieces, end]) => `${negation}${root}${pieces.join('/')}${end}`);
  const ignoreFiles = fc.uniqueArray(fc.tuple(folders, fc.array(pattern, { maxLength: 4 })), { selector: ([folder]) => folder, maxLength: 4 });
  const files = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')), { minLength: 1, maxLength: 12 });

  test('mean to git what the files meant', () => {
    fc.assert(
      fc.property(ignoreFiles, files, (rules, paths) => {
        const top = path.join(made.root, 'try');
        made.write({ try: null });
        const contents: Files = Object.fromEntries(rules.map(([folder, lines]) => [`${folder}.gitignore`, `${lines.join('\n')}\n`]));
        made.write(contents, top);
        // A name can't be a file and a folder at once: the folder comes first.
        for (const file of [...paths].sort((one, other) => other.length - one.length)) made.tryWrite(path.join(top, file));
        const merged = mergeIgnoreFiles(rules.map(([folder, lines]) => ({ folder: Buffer.from(folder), content: Buffer.from(`${lines.join('\n')}\n`) })));
        writeFileSync(path.join(made.folder, 'merged'), merged);
        const inFiles = made.gitIn(top, '--work-tree=.', `--git-dir=${made.root}/.git`, 'ls-files', '--others', '--exclude-per-directory=.gitignore');
        const inOne = made.gitIn(top, '--work-tree=.', `--git-dir=${made.root}/.git`, 'ls-files', '--others', `--exclude-from=${made.folder}/merged`);
        expect(inOne).toBe(inFiles);
      }),
      { numRuns: 150 },
    );
  });
});
