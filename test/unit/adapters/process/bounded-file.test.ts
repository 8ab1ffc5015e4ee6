import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBoundedFile } from '../../../../src/adapters/process/bounded-file.js';
import { newFolder, removeFolder } from './support.js';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => removeFolder(folder));

describe('a bounded file', () => {
  it('holds the first bytes up to its limit, and counts the rest', async () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    let files = 0;
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(bytes, { maxLength: 8 }), fc.nat(60), async (before, chunks, maxBytes) => {
        const file = path.join(folder, String((files += 1)));
        await writeFile(file, before);
        const bounded = await openBoundedFile(file, maxBytes);
        for (const chunk of chunks) await bounded.append(chunk);
        await bounded.close();
        const all = Buffer.concat([before, ...chunks]);
        const kept = all.subarray(0, Math.max(before.length, maxBytes));
        expect(await readFile(file)).toEqual(kept);
        expect(bounded.droppedBytes).toBe(all.length - kept.length);
      }),
      { numRuns: 40 },
    );
  });

  it('counts what a full disk refuses, and does not fail', async () => {
    const full = await openBoundedFile('/dev/full', 1_000);
    await full.append(Buffer.from('lost'));
    await full.append(Buffer.from('too'));
    expect(full.droppedBytes).toBe(7);
    await full.close();
  });
});
