import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { outputLines, pathBytes, pathText, quotePath } from '../../../../src/adapters/git/quoted-path.js';
import { temporaryRepository, type TemporaryRepository } from '../../../support/temporary-repository.js';

const anyPath = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));

describe('quoted paths', () => {
  const open: TemporaryRepository[] = [];
  afterEach(() => {
    for (const repository of open.splice(0)) repository.close();
  });

  test('keep every byte', () => {
    fc.assert(fc.property(anyPath, (bytes) => pathBytes(quotePath(bytes)).equals(bytes)));
  });

  test('are printable ASCII on one line', () => {
    fc.assert(fc.property(anyPath, (bytes) => /^[ -~]+$/.test(quotePath(bytes))));
  });

  test('read what git writes', () => {
    expect(pathBytes('"tab\\there \\"quoted\\" \\\\ \\303\\274 \\377"')).toEqual(Buffer.concat([Buffer.from('tab\there "quoted" \\ ü '), Buffer.from([0xff])]));
    expect(pathText('plain path')).toBe('plain path');
    expect(pathText('"\\303\\274\\377"')).toBe('ü\ufffd');
    expect(outputLines('')).toEqual([]);
    expect(outputLines('a\n"b\\n"\n')).toEqual(['a', '"b\\n"']);
  });

  test('are read and written alike by git', () => {
    const made = temporaryRepository();
    open.push(made);
    // A leading or doubled slash, `.` and `..` are no names; nor is .git in any case.
    const nameable = anyPath.filter((bytes) => !bytes.includes(0x2f) && !/^\.*$/.test(bytes.toString('latin1')) && !/git/i.test(bytes.toString('latin1')));
    const names = fc.sample(nameable, { numRuns: 200, seed: 7 });
    const object = made.git('rev-parse', 'HEAD:src/a.txt').trim();
    made.gitWithInput(names.map((name) => `100644 ${object}\t${quotePath(name)}\n`).join(''), 'update-index', '--add', '--index-info');
    const listed = outputLines(made.git('-c', 'core.quotePath=true', 'ls-files')).map((line) => pathBytes(line).toString('latin1'));
    expect(new Set(listed)).toEqual(new Set(['.gitignore', 'README.md', 'src/a.txt', 'src/b.txt', ...names.map((name) => name.toString('latin1'))]));
  });
});
