import type { ParseResult } from '@marcbachmann/cel-js';
import type { ConditionProblem, Expression } from '../../domain/policy/condition.js';
import { checkGrammar, type GrammarFindings } from './check-grammar.js';
import type { FactEnvironment } from './environment.js';
import { explainParseError, explainTypeError, isCelError } from './explain-error.js';
import { explainEvaluation } from './explain-evaluation.js';
import { toTree } from './expression-tree.js';
import type { ReadValue } from './fact-context.js';
import { EXPRESSION_LIMITS } from './limits.js';
import { ExpressionRefused, refuse } from './problem.js';

/** An expression of any type. Conditions are those of type bool. */
export interface CompiledExpression {
  readonly type: string;
  readonly tree: Expression;
  /** Names that it can read, in order of first appearance. */
  readonly facts: readonly string[];
  /** Whole numbers are bigint. Throws EvaluationFailed. */
  evaluate(read: ReadValue): unknown;
}

export type Compilation = { readonly ok: true; readonly expression: CompiledExpression } | { readonly ok: false; readonly problem: ConditionProblem };

/** Reads, checks and types an expression over the facts of the environment. */
export function compileExpression(text: string, environment: FactEnvironment): Compilation {
  try {
    return { ok: true, expression: compile(text, environment) };
  } catch (error) {
    if (error instanceof ExpressionRefused) return { ok: false, problem: error.problem };
    throw error;
  }
}

const INVISIBLE = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?![\t\n\r])\p{Cc}/u;

function compile(text: string, environment: FactEnvironment): CompiledExpression {
  if (text.length > EXPRESSION_LIMITS.characters) throw refuse(EXPRESSION_LIMITS.characters, `it has ${text.length} characters and the limit is ${EXPRESSION_LIMITS.characters}`, 'Write two rules instead of one.');
  const invisible = INVISIBLE.exec(text);
  if (invisible !== null) throw refuse(invisible.index, `it has the invisible character U+${(invisible[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`, 'Leave it out, or write it as an escape such as \\u200b within a text.');
  const parsed = parse(text, environment);
  const findings = checkGrammar(parsed.ast, environment);
  const type = checkTypes(parsed);
  return { type, tree: toTree(parsed.ast), facts: findings.facts, evaluate: evaluator(parsed, findings, environment) };
}

function parse(text: string, environment: FactEnvironment): ParseResult {
  try {
    return environment.cel.parse(text);
  } catch (error) {
    if (isCelError(error)) throw explainParseError(error, text);
    throw error;
  }
}

/** Leaves the types on the tree, so that evaluations need not find them again. */
function checkTypes(parsed: ParseResult): string {
  const { type, error } = parsed.check();
  if (type !== undefined) return type;
  if (isCelError(error)) throw explainTypeError(error);
  // The library gives up with an error of another kind when several operators fit, as with the items of [].
  throw refuse(0, 'the type of a part can\'t be told', 'An empty list or map has items of no type; compare size(...) with 0 instead.');
}

function evaluator(parsed: ParseResult, findings: GrammarFindings, environment: FactEnvironment): (read: ReadValue) => unknown {
  const plan = { weight: findings.hasMacro ? findings.nodes : 1, asksPresence: findings.asksPresence };
  return (read) => {
    try {
      return parsed(environment.context(read, plan)) as unknown;
    } catch (error) {
      if (isCelError(error)) throw explainEvaluation(error);
      throw error;
    }
  };
}
