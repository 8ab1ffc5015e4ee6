import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { indexEntries, readNotableEntries } from '../../../../src/adapters/git/index-file.js';
import { temporaryRepository, type TemporaryRepository } from '../../../support/temporary-repository.js';

describe('index files', () => {
  const open: TemporaryRepository[] = [];
  afterEach(() => {
    for (const repository of open.splice(0)) repository.close();
  });

  for (const format of ['sha1', 'sha256'] as const) {
    test(`give every path with its mode and object (${format})`, () => {
      // Every length of padding, and a name that is longer than its length field can say.
      const names = [...Array.from({ length: 20 }, (_, length) => `p/${'y'.repeat(length + 1)}`), Array.from({ length: 18 }, () => 'x'.repeat(230)).join('/').slice(0, 3_900)];
      const made = temporaryRepository({ initArgs: [`--object-format=${format}`], files: { 'plain.txt': 'plain\n' } });
      open.push(made);
      const object = made.git('rev-parse', 'HEAD:plain.txt').trim();
      made.gitWithInput(names.map((name) => `100644 ${object}\t${name}\n`).join(''), 'update-index', '--add', '--index-info');
      made.write({ 'later.txt': 'x\n' });
      made.git('add', '--intent-to-add', 'later.txt');
      const entries = [...indexEntries(readFileSync(path.join(made.root, '.git/index')), format === 'sha1' ? 20 : 32)];
      const listed = entries.map((entry) => `${entry.mode.toString(8)} ${entry.object} 0\t${entry.path.toString()}`);
      expect(`${listed.join('\n')}\n`).toBe(made.git('ls-files', '--stage'));
    });
  }

  test('name submodules and ignore files', async () => {
    const made = temporaryRepository({ files: { 'deep/er/.gitignore': 'x\n', 'not.gitignore': 'x\n', 'deep/.gitignored': 'x\n' } });
    open.push(made);
    made.git('update-index', '--add', '--cacheinfo', `160000,${made.head()},sub/module`);
    const found = await readNotableEntries(path.join(made.root, '.git/index'), 20);
    expect(found.ignoreFiles.map(String)).toEqual(['.gitignore', 'deep/er/.gitignore']);
    expect(found.submodules.map((entry) => [entry.path.toString(), entry.object])).toEqual([['sub/module', made.head()]]);
  });

  test('of another format are a bug of ours, not an empty answer', async () => {
    const made = temporaryRepository();
    open.push(made);
    const file = path.join(made.folder, 'index');
    writeFileSync(file, 'something else');
    await expect(readNotableEntries(file, 20)).rejects.toThrow('index version');
  });
});
