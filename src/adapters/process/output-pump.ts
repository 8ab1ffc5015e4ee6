import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoundedFile } from './bounded-file.js';

const TICK_MS = 25;
/** How long output is read on after the exit, not counting the time in which the consumer keeps us waiting. */
const STRAGGLER_MS = 250;
/** A consumer that never answers may not keep a finished run open for ever. */
const MAX_DRAIN_MS = 30_000;

export interface OutputSource {
  readonly stream: Readable;
  readonly file: BoundedFile;
  readonly deliver: (chunk: Uint8Array) => void | Promise<void>;
}

/** Moves one stream of a program to its file and its consumer, never holding more than a few chunks. */
export interface OutputPump {
  readonly bytes: number;
  /**
   * To be called when the program has exited: resolves at the end of its output, or when only a
   * straggler holds the pipe. Closes the file. Never rejects.
   */
  finish(): Promise<void>;
}

interface PumpState {
  bytes: number;
  isHandingOver: boolean;
  isEnded: boolean;
}

export function startOutputPump(source: OutputSource): OutputPump {
  const state: PumpState = { bytes: 0, isHandingOver: false, isEnded: false };
  const ended = pumpAll(source, state);
  return {
    get bytes() {
      return state.bytes;
    },
    async finish() {
      await Promise.race([ended, untilOnlyStraggler(state)]);
      source.stream.destroy();
      await source.file.close();
    },
  };
}

/** Reading through the iterator is what gives backpressure: the next chunk is asked for when this one is dealt with. */
async function pumpAll({ stream, file, deliver }: OutputSource, state: PumpState): Promise<void> {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      state.isHandingOver = true;
      state.bytes += chunk.length;
      await file.append(chunk);
      await deliver(chunk);
      state.isHandingOver = false;
    }
  } catch {
    // Cut off by ourselves, or a pipe that broke: either way there is no more output.
  }
  state.isEnded = true;
}

async function untilOnlyStraggler(state: Readonly<PumpState>): Promise<void> {
  let readingMs = 0;
  for (let waitedMs = 0; waitedMs < MAX_DRAIN_MS && readingMs < STRAGGLER_MS && !state.isEnded; waitedMs += TICK_MS) {
    await sleep(TICK_MS, undefined, { ref: false });
    if (!state.isHandingOver) readingMs += TICK_MS;
  }
}
