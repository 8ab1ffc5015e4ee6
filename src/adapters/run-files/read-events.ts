import { open } from 'node:fs/promises';
import type { LoggedEvent } from '../../ports/run-files.js';
import { errnoOf } from './file-errors.js';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A place in a log: everything up to `seq` ends at `offset`. */
export interface LogPosition {
  readonly seq: number;
  readonly offset: number;
}

export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** Where to go on. */
  readonly position: LogPosition;
}

/**
 * Events after `sinceSeq`, at most `limit`, searched from `start` on. A line without its end is being
 * written, and is left for the next call; a damaged one is skipped. No file is an empty log.
 */
export async function readEventPage(file: string, start: LogPosition, wanted: { readonly sinceSeq: number; readonly limit: number }): Promise<EventPage> {
  const events: LoggedEvent[] = [];
  let position = start;
  for await (const line of completeLines(file, start.offset)) {
    if (events.length >= wanted.limit) break;
    const entry = parseEntry(line.text);
    if (entry !== undefined && entry.seq > wanted.sinceSeq) events.push(entry);
    position = { seq: entry?.seq ?? position.seq, offset: line.end };
  }
  return { events, position };
}

/** The number of the last whole event; 0 for an empty or missing log. */
export async function lastSeq(file: string): Promise<number> {
  let seq = 0;
  for await (const line of completeLines(file, 0)) seq = parseEntry(line.text)?.seq ?? seq;
  return seq;
}

interface Line {
  readonly text: string;
  /** Offset of the byte after its line break. */
  readonly end: number;
}

/** Memory is bounded by the longest line, and that by the limit of the whole log. */
async function* completeLines(file: string, offset: number): AsyncGenerator<Line> {
  const handle = await openIfThere(file);
  if (handle === undefined) return;
  try {
    let rest = Buffer.alloc(0);
    let end = offset;
    for (let position = offset; ; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      let data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE)) {
        end += at + 1;
        yield { text: data.toString('utf8', 0, at), end };
        data = data.subarray(at + 1);
      }
      rest = data;
    }
  } finally {
    await handle.close();
  }
}

async function openIfThere(file: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseEntry(text: string): LoggedEvent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isEntry(value) ? value : undefined;
  } catch {
    // Half a line of a killed writer; the next writer ended it with a line break.
    return undefined;
  }
}

/** The file is ours; only what a kill can do to it is checked. */
function isEntry(value: unknown): value is LoggedEvent {
  return typeof value === 'object' && value !== null && 'seq' in value && Number.isSafeInteger(value.seq) && 'atMs' in value && typeof value.atMs === 'number' && 'event' in value && typeof value.event === 'object' && value.event !== null;
}
