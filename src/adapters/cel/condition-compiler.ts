import type { CompileCondition, Condition } from '../../domain/policy/condition.js';
import { FACT_TYPES, type FactName } from '../../domain/policy/facts.js';
import { compileExpression, type CompiledExpression } from './compile-expression.js';
import { createEnvironment, type FactEnvironment } from './environment.js';
import { nameOf } from './explain-error.js';
import { EvaluationFailed } from './fact-context.js';

/**
 * A compiler of `when:` over the declared facts. It never throws for what the text says. The first compilation costs a
 * few milliseconds more than the others.
 */
export function createConditionCompiler(): CompileCondition {
  let environment: FactEnvironment | undefined;
  return (text) => {
    environment ??= createEnvironment(FACT_TYPES);
    const compiled = compileExpression(text, environment);
    if (!compiled.ok) return compiled;
    if (compiled.expression.type !== 'bool') return { ok: false, problem: { offset: 0, message: `the condition gives ${nameOf(compiled.expression.type)}, and has to give true or false`, hint: 'Compare it with something: task.risk == "high".' } };
    return { ok: true, condition: toCondition(text, compiled.expression) };
  };
}

function toCondition(text: string, expression: CompiledExpression): Condition {
  return {
    text,
    expression: expression.tree,
    // Only declared names pass the check.
    facts: expression.facts as readonly FactName[],
    evaluate: (read) => {
      const value = expression.evaluate(read as (name: string) => ReturnType<typeof read>);
      if (typeof value === 'boolean') return value;
      throw new EvaluationFailed('it gave neither true nor false');
    },
  };
}
