import type { Clock } from '../../ports/clock.js';
import type { Trace } from '../../ports/trace.js';
import type { RunUpdate, StepTime } from './run-update.js';

/** Names the steps of a run as they begin: for the watcher, for the trace, and for the share of each in the whole. */
export class StepClock {
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #onUpdate: (update: RunUpdate) => void;
  readonly #done: StepTime[] = [];
  #current: { readonly step: string; readonly fromMs: number } | null = null;

  constructor(deps: { readonly clock: Clock; readonly trace: Trace }, onUpdate: (update: RunUpdate) => void) {
    this.#clock = deps.clock;
    this.#trace = deps.trace;
    this.#onUpdate = onUpdate;
  }

  begin(step: string): void {
    this.#close();
    this.#current = { step, fromMs: this.#clock.now().monoMs };
    this.#trace(`run.${step}`);
    this.#onUpdate({ kind: 'step', step });
  }

  end(): readonly StepTime[] {
    this.#close();
    return this.#done;
  }

  #close(): void {
    if (this.#current === null) return;
    this.#done.push({ step: this.#current.step, ms: this.#clock.now().monoMs - this.#current.fromMs });
    this.#current = null;
  }
}
