import type { GlobalOptions } from './host.js';

/** What a command threw, and the call that it belongs to. */
export interface Failure {
  readonly error: unknown;
  readonly argv: readonly string[];
  readonly globals: GlobalOptions;
}
