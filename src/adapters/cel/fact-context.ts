import type { FactType } from '../../domain/policy/facts.js';
import { EVALUATION_STEPS } from './limits.js';

/** Names and types of what an expression may read: `path`, or `task.risk`, which is a field of `task` for CEL. */
export type Declarations = Readonly<Record<string, FactType>>;

/** What a fact may be before it is converted; undefined is absent. */
export type ReadValue = (name: string) => string | boolean | number | readonly string[] | undefined;

/** An evaluation that came to no result. The message is stable: it is written down and compared later. */
export class EvaluationFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationFailed';
  }
}

type CelValue = string | boolean | number | bigint | readonly string[];

/** What is the same for all evaluations of one expression. */
export interface EvaluationPlan {
  /** Steps that one touched item costs. */
  readonly weight: number;
  /** True when the expression asks has(), which has to see an absent fact; otherwise absence ends the evaluation at once. */
  readonly asksPresence: boolean;
}

// Made once: CEL goes on after an error within `||` or a macro, and an error costs more than all the rest of an evaluation.
const EXHAUSTED = new EvaluationFailed(`it would take more than ${EVALUATION_STEPS} steps: a list is too long for this expression`);
const absences = new Map<string, EvaluationFailed>();

/** Names are those that were declared, so there are few. */
export function absenceOf(name: string): EvaluationFailed {
  const known = absences.get(name) ?? new EvaluationFailed(`the fact ${name} is absent`);
  absences.set(name, known);
  return known;
}

/** Gives facts to CEL with the types it was promised, at the moment it asks for them. */
export class FactContext {
  private readonly read: ReadValue;
  private readonly plan: EvaluationPlan;
  private steps = EVALUATION_STEPS;
  private lists: Map<string, readonly string[]> | undefined;

  constructor(read: ReadValue, plan: EvaluationPlan) {
    this.read = read;
    this.plan = plan;
  }

  /** Throws EvaluationFailed for a value that is not of the type. */
  value(name: string, type: FactType): CelValue | undefined {
    const value = this.read(name);
    if (value === undefined) {
      this.noteAbsence(name);
      return undefined;
    }
    switch (type) {
      case 'string':
        if (typeof value === 'string') return this.text(value);
        break;
      case 'bool':
        if (typeof value === 'boolean') return value;
        break;
      case 'list<string>':
        if (typeof value === 'object') return this.list(name, value);
        break;
      default:
        if (typeof value === 'number' && isNumberOf(type, value)) return type === 'int' ? BigInt(value) : value;
    }
    throw new EvaluationFailed(`the fact ${name} is not ${EXPECTED[type]}`);
  }

  /** Throws unless the expression asks for absence. */
  private noteAbsence(name: string): void {
    if (!this.plan.asksPresence) throw absenceOf(name);
  }

  private text(value: string): string {
    this.spend(1 + (value.length >>> 8));
    return value;
  }

  private list(name: string, value: readonly string[]): readonly string[] {
    if (this.lists?.get(name) !== value) (this.lists ??= new Map()).set(name, checkedList(name, value));
    this.spend(1 + value.length);
    return value;
  }

  private spend(steps: number): void {
    this.steps -= steps * this.plan.weight;
    if (this.steps < 0) throw EXHAUSTED;
  }
}

const EXPECTED: Readonly<Record<FactType, string>> = { string: 'a text', bool: 'true or false', int: 'a whole number between -2^53 and 2^53', double: 'a finite number', 'list<string>': 'a list of texts' };

const isNumberOf = (type: 'int' | 'double', value: number): boolean => (type === 'int' ? Number.isSafeInteger(value) : Number.isFinite(value));

function checkedList(name: string, value: readonly string[]): readonly string[] {
  if (value.every((item) => typeof item === 'string')) return value;
  throw new EvaluationFailed(`the fact ${name} is not ${EXPECTED['list<string>']}`);
}
