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
  let first: Signal | null = null;
  // Made when somebody watches: Node loads the class at its first use, and most commands never watch.
  let controller: AbortController | undefined;
  let isAborted = false;
  let reject: (error: AiError) => void = () => undefined;
  const unhandled = new Promise<never>((_resolve, rejectUnhandled) => (reject = rejectUnhandled));
  // Nobody may be racing against it any more when the signal comes.
  unhandled.catch(() => undefined);
  for (const name of SIGNALS) {
    source.on(name, () => {
      if (first !== null && name === 'SIGINT') source.exit(exitCodeOfSignal(name));
      if (first !== null) return;
      first = name;
      if (controller === undefined) reject(interrupted(name));
      else controller.abort(interrupted(name));
    });
  }
  return {
    signal: () => {
      controller ??= new AbortController();
      if (isAborted) controller.abort();
      return controller.signal;
    },
    unhandled,
    received: () => first,
    abort: () => {
      isAborted = true;
      controller?.abort();
    },
  };
}

function interrupted(signal: Signal): AiError {
  return new AiError({ code: 'INTERRUPTED', message: `Interrupted by ${signal}.`, retryable: true, details: { signal } });
}
