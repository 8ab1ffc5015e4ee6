import type { EndCause } from '../../domain/run/conclude.js';

/** The reason to end a run before its agent does, decided once: the first cause wins. */
export class RunEnd {
  #cause: EndCause | null = null;
  readonly #controller = new AbortController();

  get cause(): EndCause | null {
    return this.#cause;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  because(cause: EndCause): void {
    if (this.#cause !== null) return;
    this.#cause = cause;
    this.#controller.abort();
  }
}
