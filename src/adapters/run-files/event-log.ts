import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { AgentEvent } from '../../domain/run/agent-event.js';
import type { EventWriter } from '../../ports/run-files.js';
import { PRIVATE_FILE } from './atomic-file.js';
import { fileError } from './file-errors.js';
import { lastSeq } from './read-events.js';

export interface EventLogLimits {
  /** Ordinary events stop here. */
  readonly maxBytes: number;
  /** Kept free beyond that for how the run ended: results and errors. */
  readonly reserveBytes: number;
}

export const EVENT_LOG_LIMITS: EventLogLimits = { maxBytes: 64 * 1024 * 1024, reserveBytes: 1024 * 1024 };
const NEWLINE = 0x0a;

/**
 * Opens a run's event log for appending; numbering goes on where the file ends. A line is with the
 * operating system when `write` returns, so that nothing is lost when this process is killed.
 * Throws DISK_FULL, READ_ONLY.
 */
export async function openEventLog(file: string, limits: EventLogLimits): Promise<EventWriter> {
  const seq = await lastSeq(file);
  return new BoundedEventLog(file, { seq, limits });
}

class BoundedEventLog implements EventWriter {
  readonly #file: string;
  readonly #limits: EventLogLimits;
  readonly #descriptor: number;
  #seq: number;
  #bytes: number;
  #isFull = false;
  #isClosed = false;

  constructor(file: string, state: { readonly seq: number; readonly limits: EventLogLimits }) {
    this.#file = file;
    this.#limits = state.limits;
    this.#seq = state.seq;
    this.#descriptor = openSync(file, 'a+', PRIVATE_FILE);
    this.#bytes = fstatSync(this.#descriptor).size;
    // A writer that was killed may have left half a line; the next one must not continue it.
    if (this.#bytes > 0 && !this.#endsInNewline()) this.#append(Buffer.of(NEWLINE));
  }

  write(atMs: number, event: AgentEvent): void {
    const line = this.#line(atMs, event);
    const isEnd = event.type === 'result' || event.type === 'error';
    if (!this.#isFull && this.#bytes + line.length <= this.#limits.maxBytes) this.#commit(line);
    else if (isEnd && this.#bytes + line.length <= this.#limits.maxBytes + this.#limits.reserveBytes) this.#commit(line);
    else if (!this.#isFull) this.#sayFull(atMs);
  }

  async flush(): Promise<void> {
    // Each line is written when it comes; there is nothing to wait for.
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }

  #sayFull(atMs: number): void {
    this.#isFull = true;
    const text = `ai: this log is full at ${this.#limits.maxBytes} bytes; from here on only the run's results and errors are in it. Everything the agent printed is in the transcript.`;
    this.#commit(this.#line(atMs, { type: 'raw', stream: 'stdout', text, truncated: true }));
  }

  #line(atMs: number, event: AgentEvent): Buffer {
    return Buffer.from(`${JSON.stringify({ seq: this.#seq + 1, atMs, event })}\n`, 'utf8');
  }

  #commit(line: Buffer): void {
    this.#append(line);
    this.#seq += 1;
  }

  #append(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
      this.#bytes += bytes.length;
    } catch (error) {
      throw fileError(error, this.#file);
    }
  }

  #endsInNewline(): boolean {
    const last = Buffer.alloc(1);
    readSync(this.#descriptor, last, 0, 1, this.#bytes - 1);
    return last[0] === NEWLINE;
  }
}
