import { readFile } from 'node:fs/promises';

/** One path that an index holds. */
export interface IndexEntry {
  readonly path: Buffer;
  readonly mode: number;
  readonly object: string;
}

export interface NotableEntries {
  readonly submodules: readonly IndexEntry[];
  readonly ignoreFiles: readonly Buffer[];
}

const HEADER_BYTES = 12;
/** Stat data in front of the object id; the mode is inside of it. */
const STAT_BYTES = 40;
const MODE_OFFSET = 24;
const EXTENDED_FLAG = 0x4000;
const SUBMODULE_MODE = 0o160000;

/**
 * The paths of an index in the format that our private views write (version 2 or 3, gitformat-index(5)) that
 * need care: submodules, and files that say what is ignored. Read directly, because asking git would print every path.
 */
export async function readNotableEntries(indexFile: string, objectIdBytes: number): Promise<NotableEntries> {
  const submodules: IndexEntry[] = [];
  const ignoreFiles: Buffer[] = [];
  for (const entry of indexEntries(await readFile(indexFile), objectIdBytes)) {
    if (entry.mode === SUBMODULE_MODE) submodules.push(entry);
    else if (isIgnoreFile(entry.path)) ignoreFiles.push(entry.path);
  }
  return { submodules, ignoreFiles };
}

const IGNORE_FILE = Buffer.from('.gitignore');
const SLASH = 0x2f;

function isIgnoreFile(path: Buffer): boolean {
  const start = path.length - IGNORE_FILE.length;
  return start >= 0 && path.compare(IGNORE_FILE, 0, IGNORE_FILE.length, start) === 0 && (start === 0 || path[start - 1] === SLASH);
}

export function* indexEntries(index: Buffer, objectIdBytes: number): Generator<IndexEntry> {
  const version = index.toString('latin1', 0, 4) === 'DIRC' ? index.readUInt32BE(4) : 0;
  if (version !== 2 && version !== 3) throw new Error(`index version ${version} is not one that our views write`);
  const count = index.readUInt32BE(8);
  let offset = HEADER_BYTES;
  for (let entry = 0; entry < count; entry += 1) {
    const flagsOffset = offset + STAT_BYTES + objectIdBytes;
    const isExtended = (index.readUInt16BE(flagsOffset) & EXTENDED_FLAG) !== 0;
    const nameOffset = flagsOffset + (isExtended ? 4 : 2);
    const nameEnd = index.indexOf(0, nameOffset);
    yield { path: index.subarray(nameOffset, nameEnd), mode: index.readUInt32BE(offset + MODE_OFFSET), object: index.toString('hex', offset + STAT_BYTES, flagsOffset) };
    // One to eight NUL bytes fill an entry up to a multiple of eight.
    offset += (nameEnd - offset + 8) & ~7;
  }
}
