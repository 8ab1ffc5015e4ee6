import { AiError } from '../domain/kernel/errors.js';
import { exitCodeOfSignal } from './signal-codes.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

export interface Interrupts {
  /** Aborted by the first signal. Reading it means that the reader stops by itself; see `Io.signal`. */
  signal(): AbortSignal;
  /** Rejects with INTERRUPTED at the first signal when nobody has read `signal`; else never settles. */
  readonly unhandled: Promise<never>;
  /** The signal that came first, or null. */
  received(): Signal | null;
  /** As if a signal had come, for a reader that has gone: whoever listens stops. */
  abort(): void;
}

/** The part of `process` that signals need. */
export interface SignalSource {
  on(signal: Signal, listener: () => void): unknown;
  exit(code: number): void;
}

/** Takes over SIGINT, SIGTERM and SIGHUP. The second SIGINT exits at once. */
export function listenForSignals(source: SignalSource): Interrupts {
  const controller = new AbortController();
  let first: Signal | null = null;
  let isWatched = false;
  let reject: (error: AiError) => void = () => undefined;
  const unhandled = new Promise<never>((_resolve, rejectUnhandled) => (reject = rejectUnhandled));
  // Nobody may be racing against it any more when the signal comes.
  unhandled.catch(() => undefined);
  for (const name of SIGNALS) {
    source.on(name, () => {
      if (first !== null && name === 'SIGINT') source.exit(exitCodeOfSignal(name));
      if (first !== null) return;
      first = name;
      controller.abort(interrupted(name));
      if (!isWatched) reject(interrupted(name));
    });
  }
  return {
    signal: () => {
      isWatched = true;
      return controller.signal;
    },
    unhandled,
    received: () => first,
    abort: () => {
      controller.abort();
    },
  };
}

function interrupted(signal: Signal): AiError {
  return new AiError({ code: 'INTERRUPTED', message: `Interrupted by ${signal}.`, retryable: true, details: { signal } });
}
