import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { ShellContext } from '../shell.js';

const CHUNK_BYTES = 64 * 1024;

/** The text of a file, or of stdin for `-`. Throws FILE_NOT_FOUND; INVALID_INPUT for a folder, too much, or broken UTF-8. */
export async function readText(context: Pick<ShellContext, 'io' | 'host'>, source: string, maxBytes: number): Promise<string> {
  if (source === '-') return context.io.readStdin(maxBytes);
  const bytes = await readBounded(path.resolve(context.host.cwd, source), { source, maxBytes });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(`${quote(source)} is not UTF-8 text.`, cause);
  }
}

interface Wanted {
  readonly source: string;
  readonly maxBytes: number;
}

async function readBounded(file: string, wanted: Wanted): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    return await readAll(handle, wanted);
  } catch (cause) {
    throw asAiError(cause, wanted.source);
  } finally {
    await handle?.close();
  }
}

/** By reading, never by the stated size: a pipe or a device has none. */
async function readAll(handle: FileHandle, { source, maxBytes }: Wanted): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    bytes += bytesRead;
    if (bytes > maxBytes) throw invalid(`${quote(source)} holds more than ${maxBytes} bytes, which is the limit here.`);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function asAiError(cause: unknown, source: string): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new AiError({ code: 'FILE_NOT_FOUND', message: `There is no file ${quote(source)}.`, hint: 'Check the path; - reads standard input.', cause });
    case 'EISDIR':
      return invalid(`${quote(source)} is a folder, not a file.`, cause);
    case 'EACCES':
    case 'EPERM':
      return invalid(`${quote(source)} can't be read: permission denied.`, cause);
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'ERR_INVALID_ARG_VALUE':
      return invalid(`${quote(source)} is no usable path.`, cause);
    default:
      return cause;
  }
}

function invalid(message: string, cause?: unknown): AiError {
  return new AiError({ code: 'INVALID_INPUT', message, hint: 'Name a text file, or - for standard input.', cause });
}
