export type CheckState = 'ok' | 'warning' | 'problem' | 'skipped';

export interface Check {
  readonly name: string;
  readonly state: CheckState;
  readonly message: string;
  /** The way out, one step each. */
  readonly steps: readonly string[];
}
