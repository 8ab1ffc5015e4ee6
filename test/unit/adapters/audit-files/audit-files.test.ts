import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditFiles } from '../../../../src/adapters/audit-files/audit-files.js';
import { linesOf } from '../../../../src/adapters/audit-files/lines.js';
import type { AuditFiles } from '../../../../src/ports/audit-files.js';

let folder: string;
let files: AuditFiles;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ai-bundle-'));
  files = createAuditFiles({ verifierFile: path.join(folder, 'verify.mjs') });
});
afterEach(() => {
  spawnSync('umount', [path.join(folder, 'small')]);
  rmSync(folder, { recursive: true, force: true });
});

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function* failing(): AsyncGenerator<string> {
  yield 'x'.repeat(600_000);
  throw new Error('the log is bad');
}

describe('files of bundles', () => {
  it('are written in order into a folder that is new, and read line by line', async () => {
    const target = path.join(folder, 'a/b');
    expect(await files.writeBundle(target, [{ name: 'one.txt', content: 'ä\n' }, { name: 'two.jsonl', content: pieces('1\n2', '\n3\n') }])).toEqual({ bytes: 9 });
    expect(readdirSync(target).sort()).toEqual(['one.txt', 'two.jsonl']);
    const lines: string[] = [];
    for await (const line of files.readLines(target, 'two.jsonl')!) lines.push(line);
    expect(lines).toEqual(['1', '2', '3']);
    expect(files.readLines(target, 'three.jsonl')).toBeNull();
    expect(() => files.readLines(target, '../verify.mjs')).toThrow('invariant');
  });

  it('never replace anything', async () => {
    writeFileSync(path.join(folder, 'there.jsonl'), 'mine');
    await expect(files.writeFile(path.join(folder, 'there.jsonl'), pieces('x'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(files.writeBundle(folder, [{ name: 'x', content: 'x' }])).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(readFileSync(path.join(folder, 'there.jsonl'), 'utf8')).toBe('mine');
  });

  it('leave nothing half written behind', async () => {
    const target = path.join(folder, 'bundle');
    await expect(files.writeBundle(target, [{ name: 'one.txt', content: 'x' }, { name: 'two.txt', content: failing() }])).rejects.toThrow('the log is bad');
    expect(readdirSync(target)).toEqual([]);
    await files.writeBundle(target, [{ name: 'one.txt', content: 'x' }]);
    await expect(files.writeFile(path.join(folder, 'f.jsonl'), failing())).rejects.toThrow('the log is bad');
    expect(readdirSync(folder)).toEqual(['bundle']);
    await expect(files.writeFile(path.join(folder, 'no/where.jsonl'), pieces('x'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(files.verifier()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('say when the disk is full, and give the room back', async ({ skip }) => {
    const small = path.join(folder, 'small');
    mkdirSync(small);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]).status !== 0) return skip('this user may not mount a file system');
    await expect(files.writeBundle(path.join(small, 'bundle'), [{ name: 'one.txt', content: 'x' }, { name: 'two.txt', content: pieces('x'.repeat(3_000_000)) }])).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(readdirSync(path.join(small, 'bundle'))).toEqual([]);
  });
});

describe('lines', () => {
  it('come out as they went in, however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !line.includes('\n') && line !== '')), fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const cut = Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));
        const out: string[] = [];
        for await (const line of linesOf(pieces(...cut), 'x')) out.push(line);
        expect(out).toEqual(lines);
      }),
    );
  });

  it('without end are refused', async () => {
    const endless = async (): Promise<void> => {
      for await (const line of linesOf(pieces(...Array.from({ length: 20 }, () => 'x'.repeat(1024 * 1024))), 'x')) expect(line).toBe('');
    };
    await expect(endless()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
