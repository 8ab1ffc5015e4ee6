import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryName } from './git-dirs.js';

/** What was known about a workspace before its agent started. */
export interface WorkspaceRecord {
  /** What the diff is taken against. */
  readonly base: string;
  /** What was checked out: the base, or the work of an earlier attempt on top of it. */
  readonly checkedOut: string;
  /** Untracked files that we put there, with the SHA-256 of what they held. */
  readonly copied: readonly CopiedFile[];
}

export interface CopiedFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * One record per workspace, with the index of its fresh checkout. The record is written last, so that its presence
 * means a finished workspace. An index is only a way to avoid reading unchanged files, and whoever can write it could
 * hide changes: it is used only when it is, by digest, what this process wrote. After a crash it is built anew.
 */
export interface Records {
  write(name: string, record: WorkspaceRecord, indexFile: string): Promise<void>;
  find(name: string): Promise<WorkspaceRecord | null>;
  /** A copy of the index in a file of its own, which the caller removes; null when there is none to be trusted. */
  copyIndex(name: string): Promise<{ readonly file: string; readonly checkedOut: string } | null>;
  temporaryFile(name: string): string;
  forget(name: string): Promise<void>;
  /** Forgets what begins like this, but for one: a record that is missed costs time, nothing else. */
  forgetOthers(prefix: string, kept: string): Promise<void>;
}

export function createRecords(folder: string): Records {
  const known = new Map<string, { readonly record: WorkspaceRecord; readonly indexSha256: string; readonly indexTimeS: number }>();
  const indexOf = (name: string): string => path.join(folder, `${name}.index`);
  const recordOf = (name: string): string => path.join(folder, `${name}.json`);
  const temporaryFile = (name: string): string => temporaryName(path.join(folder, name));
  return {
    temporaryFile,
    async write(name, record, indexFile) {
      const index = await readFile(indexFile);
      const { mtimeMs } = await stat(indexFile);
      await writeWhole(indexOf(name), index);
      await writeWhole(recordOf(name), JSON.stringify(record));
      known.set(name, { record, indexSha256: sha256(index), indexTimeS: Math.floor(mtimeMs / 1000) });
    },
    async find(name) {
      return known.get(name)?.record ?? parseRecord(await readOptional(recordOf(name)));
    },
    async copyIndex(name) {
      const copy = temporaryFile(name);
      const trusted = known.get(name);
      const index = trusted === undefined ? null : await readOptional(indexOf(name));
      if (index === null || sha256(index) !== trusted?.indexSha256) return null;
      await writeFile(copy, index);
      // Git reads every file again that is not older than its index: a copy has to be as old as what it was made from.
      await utimes(copy, trusted.indexTimeS, trusted.indexTimeS);
      return { file: copy, checkedOut: trusted.record.checkedOut };
    },
    async forget(name) {
      known.delete(name);
      for (const file of await readdir(folder)) {
        if (file.startsWith(`${name}.`)) await rm(path.join(folder, file), { force: true });
      }
    },
    async forgetOthers(prefix, kept) {
      for (const file of await readdir(folder)) {
        const { name, ext } = path.parse(file);
        if (!name.startsWith(prefix) || name === kept || (ext !== '.index' && ext !== '.json')) continue;
        known.delete(name);
        await rm(path.join(folder, file), { force: true });
      }
    },
  };
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(file);
  await writeFile(temporary, content);
  await rename(temporary, file);
}

async function readOptional(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** What does not look like a record is none: the workspace then counts as unfinished. */
export function parseRecord(content: Buffer | null): WorkspaceRecord | null {
  if (content === null) return null;
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    return isRecord(value) ? { base: value.base, checkedOut: value.checkedOut, copied: value.copied } : null;
  } catch {
    // Not JSON: written by somebody else.
    return null;
  }
}

function isRecord(value: unknown): value is WorkspaceRecord {
  if (typeof value !== 'object' || value === null || !('base' in value) || !('checkedOut' in value) || !('copied' in value)) return false;
  return isObjectId(value.base) && isObjectId(value.checkedOut) && Array.isArray(value.copied) && value.copied.every(isCopiedFile);
}

function isObjectId(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value);
}

function isCopiedFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'path' in value && 'sha256' in value && typeof value.path === 'string' && typeof value.sha256 === 'string';
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
