import { fstatSync, writeSync } from 'node:fs';

/** One of the two output streams of the process. */
export interface Output {
  write(text: string): void;
  /** Resolves when everything was taken. */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
  /** Undefined when this is no terminal. */
  readonly columns: number | undefined;
}

type StreamName = 'stdout' | 'stderr';
const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/**
 * Writes straight to the descriptor: setting up Node's own stream costs several milliseconds of every
 * start. Falls back to that stream when the descriptor is not ready (a non-blocking pipe that is full).
 * A reader that has gone (EPIPE) is reported once; what is written after that is dropped.
 */
export function createOutput(name: StreamName, onGone: () => void): Output {
  const descriptor = DESCRIPTORS[name];
  let state: 'direct' | 'stream' | 'gone' = 'direct';
  let pending: Promise<void> = Promise.resolve();
  const gone = (): void => {
    if (state === 'gone') return;
    state = 'gone';
    onGone();
  };
  const viaStream = (bytes: Uint8Array): void => {
    pending = new Promise((resolve) => {
      // The stream reports an error after it has called back, so its listener has to stay.
      if (process[name].listenerCount('error', gone) === 0) process[name].on('error', gone);
      process[name].write(bytes, () => {
        resolve();
      });
    });
  };
  const write = (text: string): void => {
    if (state === 'gone') return;
    const bytes = Buffer.from(text, 'utf8');
    const result = state === 'stream' ? { written: 0, next: 'stream' as const } : writeDirect(descriptor, bytes);
    if (result.next === 'gone') gone();
    else state = result.next;
    if (result.next === 'stream') viaStream(bytes.subarray(result.written));
  };
  return { write, drained: () => pending, ...terminalOf(name, descriptor) };
}

function writeDirect(descriptor: number, bytes: Uint8Array): { readonly written: number; readonly next: 'direct' | 'stream' | 'gone' } {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') return { written, next: 'stream' };
      if (code === 'EPIPE' || code === 'EBADF') return { written, next: 'gone' };
      throw error;
    }
  }
  return { written, next: 'direct' };
}

/** Asks the descriptor first: only a character device can be a terminal, and Node's tty module is not free. */
function terminalOf(name: StreamName, descriptor: number): Pick<Output, 'isTerminal' | 'columns'> {
  const isTerminal = isCharacterDevice(descriptor) && process[name].isTTY;
  return { isTerminal, columns: isTerminal ? process[name].columns : undefined };
}

/** False for a closed descriptor too. */
export function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    // EBADF: the parent closed the descriptor; a closed one is no terminal.
    return false;
  }
}
