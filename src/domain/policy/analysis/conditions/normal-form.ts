import type { Expression } from '../../condition.js';
import { readAtom, type Atom } from './atom.js';

/** All of its atoms hold together. */
export type Conjunct = readonly Atom[];

/** One of its conjuncts holds; none at all is false, one without atoms is true. null: too many to look at. */
export type NormalForm = readonly Conjunct[] | null;

/** Conjuncts up to which a condition is taken apart; beyond that nothing is proved about it. */
export const CONJUNCT_LIMIT = 256;

export const ALWAYS: NormalForm = [[]];

/** Negations pushed down to the atoms, and alternatives pulled up to the top. `holds` is false for its negation. */
export function normalForm(expression: Expression, holds = true): NormalForm {
  if (expression.kind === 'not') return normalForm(expression.of, !holds);
  if (expression.kind !== 'and' && expression.kind !== 'or') return simplify([[readAtom(expression, holds)]]);
  const left = normalForm(expression.left, holds);
  const right = normalForm(expression.right, holds);
  if (left === null || right === null) return null;
  return (expression.kind === 'and') === holds ? bothHold(left, right) : limited([...left, ...right]);
}

/** The normal form of both together. */
export function bothHold(left: NormalForm, right: NormalForm): NormalForm {
  if (left === null || right === null) return null;
  if (left.length * right.length > CONJUNCT_LIMIT) return null;
  return left.flatMap((a) => right.map((b) => [...a, ...b]));
}

const limited = (form: readonly Conjunct[]): NormalForm => (form.length > CONJUNCT_LIMIT ? null : form);

function simplify(form: readonly Conjunct[]): NormalForm {
  const isConstant = (atom: Atom, holds: boolean): boolean => atom.kind === 'constant' && atom.holds === holds;
  return form.filter((conjunct) => !conjunct.some((atom) => isConstant(atom, false))).map((conjunct) => conjunct.filter((atom) => !isConstant(atom, true)));
}
