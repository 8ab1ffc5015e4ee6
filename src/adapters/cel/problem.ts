import type { ConditionProblem } from '../../domain/policy/condition.js';

/** Ends the compilation of an expression; never leaves this folder. */
export class ExpressionRefused extends Error {
  readonly problem: ConditionProblem;

  constructor(problem: ConditionProblem) {
    super(problem.message);
    this.name = 'ExpressionRefused';
    this.problem = problem;
  }
}

export const refuse = (offset: number, message: string, hint: string | null): ExpressionRefused => new ExpressionRefused({ offset, message, hint });
