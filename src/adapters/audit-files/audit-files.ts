import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';
import type { AuditFiles, BundleFile } from '../../ports/audit-files.js';
import { linesOf } from './lines.js';

export interface AuditFilesOptions {
  /** The program that checks a bundle; it is copied into every one. */
  readonly verifierFile: string;
}

const CODES: Readonly<Record<string, ErrorCode>> = { ENOSPC: 'DISK_FULL', EDQUOT: 'DISK_FULL', EROFS: 'READ_ONLY', EACCES: 'READ_ONLY', EPERM: 'READ_ONLY', ENOENT: 'FILE_NOT_FOUND', ENOTDIR: 'FILE_NOT_FOUND', EEXIST: 'ALREADY_EXISTS' };
const BUFFER_CHARACTERS = 256 * 1024;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,100}$/;

export function createAuditFiles({ verifierFile }: AuditFilesOptions): AuditFiles {
  return {
    writeBundle: async (folder, files) => {
      await makeEmptyFolder(folder);
      const written: string[] = [];
      try {
        let bytes = 0;
        for (const file of files) {
          bytes += await writeInto(folder, file);
          written.push(file.name);
        }
        return { bytes };
      } catch (error) {
        // Half a bundle is worth nothing and would be in the way of the next try. What somebody else put there stays.
        for (const name of written) await rm(path.join(folder, name), { force: true });
        throw error;
      }
    },
    writeFile: async (file, content) => ({ bytes: await writeNew(file, content) }),
    readLines: (folder, name) => {
      const file = path.join(folder, mustBeName(name));
      return existsSync(file) ? linesOf(createReadStream(file, { encoding: 'utf8' }), file) : null;
    },
    verifier: async () => {
      try {
        return await readFile(verifierFile, 'utf8');
      } catch (error) {
        throw refusal(error, verifierFile);
      }
    },
  };
}

async function makeEmptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    throw refusal(error, folder);
  }
  throw new AiError({ code: 'ALREADY_EXISTS', message: `${folder} is not empty, and a bundle must not mix with other files.`, hint: 'Name a folder that does not exist yet.', details: { folder } });
}

async function writeInto(folder: string, { name, content }: BundleFile): Promise<number> {
  return writeNew(path.join(folder, mustBeName(name)), typeof content === 'string' ? piece(content) : content);
}

async function* piece(text: string): AsyncGenerator<string> {
  yield text;
}

/** A file that could not be finished is removed: half a file must not pass for a whole one. */
async function writeNew(file: string, content: AsyncIterable<string>): Promise<number> {
  const handle = await opened(file);
  let bytes = 0;
  let buffer = '';
  const flush = async (): Promise<void> => {
    // Not write(), which may take a part only.
    await handle.appendFile(buffer);
    bytes += Buffer.byteLength(buffer);
    buffer = '';
  };
  try {
    for await (const part of content) {
      buffer += part;
      if (buffer.length >= BUFFER_CHARACTERS) await flush();
    }
    await flush();
    await handle.sync();
    await handle.close();
    return bytes;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true });
    throw refusal(error, file);
  }
}

async function opened(file: string): ReturnType<typeof open> {
  try {
    return await open(file, 'wx', 0o644);
  } catch (error) {
    throw refusal(error, file);
  }
}

function mustBeName(name: string): string {
  if (!NAME.test(name)) throw new Error(`invariant broken: ${name} is the name of a file of a bundle`);
  return name;
}

/** A refusal of the system in our words; everything else as it is. */
function refusal(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = CODES[code];
  if (known === undefined) return error;
  return new AiError({ code: known, message: `${file} can't be ${known === 'FILE_NOT_FOUND' ? 'found' : 'written'} (${code}).`, hint: known === 'ALREADY_EXISTS' ? 'Name a file that does not exist yet.' : 'Name another place with --out.', details: { file }, cause: error });
}
