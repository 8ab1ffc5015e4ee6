import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, PRIVATE_FILE, syncFolder, temporaryName, writeAtomically } from './atomic-file.js';
import { errnoOf } from './file-errors.js';
import { parseSha256 } from './names.js';

export interface StoredContent {
  readonly sha256: string;
  readonly bytes: number;
}

const NO_LINK: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** Files named by the SHA-256 of their content: the same content is stored once, and any change shows. */
export class EvidenceFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async storeText(text: string): Promise<StoredContent> {
    const content = Buffer.from(text, 'utf8');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const target = this.#path(sha256);
    if (!(await this.#holds(sha256))) await writeAtomically(target, content);
    return { sha256, bytes: content.length };
  }

  /** The original stays. A file that is not there has nothing in it: a program that printed nothing leaves none. */
  async storeFile(file: string): Promise<StoredContent> {
    const stored = await digest(file);
    if (stored === undefined) return { sha256: EMPTY_SHA256, bytes: 0 };
    if (!(await this.#holds(stored.sha256))) await this.#place(file, this.#path(stored.sha256));
    return stored;
  }

  async check(item: StoredContent): Promise<'ok' | 'missing' | 'altered'> {
    const found = await digest(this.#path(item.sha256));
    if (found === undefined) return 'missing';
    return found.sha256 === item.sha256 ? 'ok' : 'altered';
  }

  async read(sha256: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#path(sha256));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** A damaged copy counts as absent, so that storing the content again mends it. */
  async #holds(sha256: string): Promise<boolean> {
    const found = await digest(this.#path(sha256));
    return found?.sha256 === sha256;
  }

  async #place(source: string, target: string): Promise<void> {
    await makeFolder(path.dirname(target));
    const temporary = temporaryName(target);
    try {
      await linkOrCopy(source, temporary);
      await chmod(temporary, PRIVATE_FILE);
      await syncFile(temporary);
      await rename(temporary, target);
    } finally {
      // Also after a rename onto another link of the same file, which leaves both names (POSIX rename(2)).
      await rm(temporary, { force: true });
    }
    await syncFolder(path.dirname(target));
  }

  #path(sha256: string): string {
    const name = parseSha256(sha256);
    return path.join(this.#folder, name.slice(0, 2), name);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!NO_LINK.has(errnoOf(error) ?? '')) throw error;
    await copyFile(source, target);
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Streams, so that a transcript of any size can be taken. Undefined when there is no such file. */
async function digest(file: string): Promise<StoredContent | undefined> {
  try {
    if (!(await stat(file)).isFile()) return undefined;
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { sha256: hash.digest('hex'), bytes };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
