import type { Effect } from '../../domain/policy/effect.js';
import type { FactValue } from '../../domain/policy/facts.js';

/** What the author of a rule says that it does. `none`: the rule does not match. */
export interface PolicyExample {
  readonly rule: string;
  /** `file:line:column`. */
  readonly at: string;
  readonly expect: Effect | 'none';
  /**
   * Facts by name, and besides: `on` (a point of the rule; without it the first), `agent` (its id), `roles` and
   * `labels` of the agent, `command` (a command line), `skill`.
   */
  readonly facts: Readonly<Record<string, FactValue>>;
}
