import type { ASTNode } from '@marcbachmann/cel-js';
import type { CelError } from './explain-error.js';
import { absenceOf, EvaluationFailed } from './fact-context.js';

/** Says why an evaluation came to no result, in words that stay the same when the library changes its own. */
export function explainEvaluation(error: CelError & { readonly node?: Partial<ASTNode> | undefined }): EvaluationFailed {
  if (error.code === 'no_such_key' || error.code === 'unknown_variable') return explainAbsence(error);
  if (error.code === 'division_by_zero' || error.code === 'modulo_by_zero') return new EvaluationFailed('it divides by zero');
  if (error.code === 'numeric_overflow') return new EvaluationFailed('a whole number does not fit into 64 bits');
  if (error.code === 'index_out_of_bounds') return new EvaluationFailed('a list has no item at the index');
  return new EvaluationFailed(error.summary);
}

function explainAbsence({ node }: { readonly node?: Partial<ASTNode> | undefined }): EvaluationFailed {
  if (node?.op === 'id') return absenceOf(String(node.args));
  const [of, field] = node?.op === '.' ? (node.args as readonly [ASTNode, string]) : [];
  return of?.op === 'id' ? absenceOf(`${of.args}.${field ?? ''}`) : new EvaluationFailed('a map has no such key');
}
