import type { ReadGit } from './git.js';

/** What one process is given at most, so that a request can't grow without end. */
const BATCH = 10_000;

export interface BlobSize {
  readonly type: string;
  readonly bytes: number;
}

/** Type and size of objects, from their headers alone; what is missing is left out. */
export async function objectSizes(git: ReadGit, objects: readonly string[]): Promise<Map<string, BlobSize>> {
  const sizes = new Map<string, BlobSize>();
  for (const batch of batchesOf(objects)) {
    const { stdout } = await git({ args: ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)', '--buffer'], stdin: batch.map((object) => `${object}\n`).join('') });
    for (const line of stdout.split('\n')) {
      const [, object = '', type = '', bytes = ''] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line) ?? [];
      if (object !== '') sizes.set(object, { type, bytes: Number(bytes) });
    }
  }
  return sizes;
}

/** Text of blobs up to `maxBytes` each; larger ones and missing ones are left out. Bytes that are not UTF-8 become U+FFFD. */
export async function readBlobs(git: ReadGit, objects: readonly string[], maxBytes: number): Promise<Map<string, string>> {
  const wanted = [...new Set(objects)];
  const sizes = await objectSizes(git, wanted);
  const small = wanted.filter((object) => (sizes.get(object)?.bytes ?? Number.POSITIVE_INFINITY) <= maxBytes && sizes.get(object)?.type === 'blob');
  const texts = new Map<string, string>();
  for (const batch of batchesOf(small)) for (const [object, text] of await readBatch(git, batch, sizes)) texts.set(object, text);
  return texts;
}

async function readBatch(git: ReadGit, batch: readonly string[], sizes: ReadonlyMap<string, BlobSize>): Promise<Map<string, string>> {
  const { stdout } = await git({ args: ['cat-file', '--batch', '--buffer'], stdin: batch.map((object) => `${object}\n`).join('') });
  const together = splitBatch(Buffer.from(stdout, 'utf8'), batch, sizes);
  if (together !== null) return together;
  // Something was not UTF-8 and changed its length on the way: then only one answer at a time is unmistakable.
  const texts = new Map<string, string>();
  for (const object of batch) texts.set(object, (await git({ args: ['cat-file', 'blob', object] })).stdout);
  return texts;
}

/** Cut by length, never by searching: a blob may hold text that looks like the header of the next one. */
function splitBatch(output: Buffer, batch: readonly string[], sizes: ReadonlyMap<string, BlobSize>): Map<string, string> | null {
  const texts = new Map<string, string>();
  let at = 0;
  for (const object of batch) {
    const bytes = sizes.get(object)?.bytes ?? 0;
    const header = `${object} blob ${bytes}\n`;
    const start = at + header.length;
    if (output.toString('latin1', at, start) !== header || output[start + bytes] !== 10) return null;
    texts.set(object, output.toString('utf8', start, start + bytes));
    at = start + bytes + 1;
  }
  return at === output.length ? texts : null;
}

function* batchesOf(objects: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < objects.length; from += BATCH) yield objects.slice(from, from + BATCH);
}
