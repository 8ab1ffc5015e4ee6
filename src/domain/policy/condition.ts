import type { FactName, FactValue } from './facts.js';

/** An expression of `when:`, in a form that can be analysed. `call` is whatever has no operator of its own. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly type: 'string' | 'int' | 'double' | 'bool' | 'null' }
  | { readonly kind: 'fact'; readonly name: FactName }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; /** Canonical text: equal text, equal meaning. */ readonly text: string };

/** Hands out facts; undefined is absent. The caller may write down what was read. */
export type ReadFact = (name: FactName) => FactValue | undefined;

/** An expression that was checked against the declared facts. */
export interface Condition {
  readonly text: string;
  readonly expression: Expression;
  readonly facts: readonly FactName[];
  /** Throws when it can't be evaluated (an absent fact, an overflow); the caller decides what that means. Never loops, never takes long. */
  evaluate(read: ReadFact): boolean;
}

export interface ConditionProblem {
  readonly message: string;
  /** Offset in the text, in UTF-16 code units. */
  readonly offset: number;
  readonly hint: string | null;
}

/** Compiles the text of `when:`. Pure: the same text gives the same answer. */
export type CompileCondition = (text: string) => { readonly ok: true; readonly condition: Condition } | { readonly ok: false; readonly problem: ConditionProblem };
