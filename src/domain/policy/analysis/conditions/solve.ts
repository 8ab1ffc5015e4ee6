import type { Expression } from '../../condition.js';
import type { FactName, Facts, FactValue } from '../../facts.js';
import type { Atom, AtomOfFact, Hint } from './atom.js';
import { chooseValue } from './choose-value.js';
import { ALWAYS, bothHold, CONJUNCT_LIMIT, normalForm, type Conjunct, type NormalForm } from './normal-form.js';

/** Facts for which a condition should be true. Facts that it says nothing about are left out. */
export interface Model {
  readonly facts: Facts;
  /** Facts that must not be there. */
  readonly absent: readonly FactName[];
  /** True when nothing was left that can't be calculated here: then the condition is true with these facts. */
  readonly certain: boolean;
  /** Patterns that the path should match. */
  readonly pathPatterns: readonly string[];
}

export type Solution = { readonly kind: 'unsatisfiable' } | { readonly kind: 'model'; readonly facts: Facts; readonly certain: boolean };

/** What is known about two conditions together. */
export interface PairSolution {
  /** Proved: they are never true together. */
  readonly excluded: boolean;
  /** Ways in which they may be, at most MODEL_LIMIT. */
  readonly models: readonly Model[];
}

/** Examples that are tried for one pair of conditions. */
export const MODEL_LIMIT = 6;

const UNKNOWN_MODEL: Model = { facts: {}, absent: [], certain: false, pathPatterns: [] };

/** Whether all expressions can be true together. `unsatisfiable` is proved; without `certain` the facts are a good guess. */
export function solve(expressions: readonly Expression[]): Solution {
  const all = expressions.map((expression) => normalForm(expression)).reduce(bothHold, ALWAYS);
  const { excluded, models } = solvePair(all, ALWAYS, 'both-true');
  if (excluded) return { kind: 'unsatisfiable' };
  const { facts, certain } = models.find((model) => model.certain) ?? models[0] ?? UNKNOWN_MODEL;
  return { kind: 'model', facts, certain };
}

/**
 * Whether two conditions can be true together; with `second-may-fail`, whether the second one can be true or fail to be
 * evaluated while the first is true. A failure is an absent fact; failures inside of opaque calls are not foreseen.
 */
export function solvePair(first: NormalForm, second: NormalForm, mode: 'both-true' | 'second-may-fail'): PairSolution {
  if (first === null || second === null || first.length * second.length > CONJUNCT_LIMIT) return { excluded: false, models: [UNKNOWN_MODEL] };
  const models: Model[] = [];
  let excluded = true;
  for (const a of first) {
    for (const b of second) {
      if (models.length >= MODEL_LIMIT) return { excluded, models };
      const model = solveConjunct([...a, ...b]);
      if (model !== null) models.push(model);
      if (model !== null || (mode === 'second-may-fail' && solveConjunct([...a, ...thatCannotFail(b, a)]) !== null)) excluded = false;
    }
  }
  return { excluded, models };
}

/** Atoms of the conjunct that have a value whenever the other one is true, because that needs the same facts. */
function thatCannotFail(conjunct: Conjunct, whenTrue: Conjunct): Conjunct {
  const present = new Set([...whenTrue, ...conjunct.filter((atom) => atom.kind === 'present')].flatMap((atom) => ('fact' in atom && !isAbsence(atom) ? [atom.fact] : [])));
  const evaluated = new Set(whenTrue.flatMap((atom) => (atom.kind === 'opaque' ? [atom.text] : [])));
  return conjunct.filter((atom) => {
    if (atom.kind === 'opaque') return evaluated.has(atom.text);
    return atom.kind === 'constant' || atom.kind === 'present' || present.has(atom.fact);
  });
}

const isAbsence = (atom: Atom): boolean => atom.kind === 'present' && !atom.holds;

/** null when the atoms contradict each other, which is proved. */
function solveConjunct(atoms: Conjunct): Model | null {
  const opaque = readOpaque(atoms);
  if (opaque === null || atoms.some((atom) => atom.kind === 'constant' && !atom.holds)) return null;
  const values: [FactName, FactValue][] = [];
  const absent: FactName[] = [];
  let certain = opaque.size === 0;
  const hints = atoms.flatMap((atom) => (atom.kind === 'opaque' && atom.hint !== null ? [atom.hint] : []));
  for (const [fact, own] of groupByFact(atoms, hints)) {
    if (own.some(isAbsence)) {
      if (!own.every(isAbsence)) return null;
      absent.push(fact);
      continue;
    }
    const choice = chooseValue(fact, own, hints.filter((hint) => hint.fact === fact));
    if (choice.kind === 'none') return null;
    if (choice.kind === 'unsure') certain = false;
    else values.push([fact, choice.value]);
  }
  return { facts: Object.fromEntries(values), absent, certain, pathPatterns: pathPatterns(atoms, hints) };
}

/** Each opaque call is one boolean, told apart by its text; null when one would have to be both. */
function readOpaque(atoms: Conjunct): ReadonlyMap<string, boolean> | null {
  const values = new Map<string, boolean>();
  for (const atom of atoms) {
    if (atom.kind !== 'opaque') continue;
    if ((values.get(atom.text) ?? atom.holds) !== atom.holds) return null;
    values.set(atom.text, atom.holds);
  }
  return values;
}

function groupByFact(atoms: Conjunct, hints: readonly Hint[]): ReadonlyMap<FactName, readonly AtomOfFact[]> {
  const groups = new Map<FactName, AtomOfFact[]>(hints.filter((hint) => hint.part !== 'glob').map((hint) => [hint.fact, []]));
  for (const atom of atoms) {
    if (!('fact' in atom)) continue;
    const group = groups.get(atom.fact);
    if (group === undefined) groups.set(atom.fact, [atom]);
    else group.push(atom);
  }
  return groups;
}

function pathPatterns(atoms: Conjunct, hints: readonly Hint[]): readonly string[] {
  const globs = hints.filter((hint) => hint.fact === 'path' && hint.part === 'glob').map((hint) => hint.text);
  const prefixes = atoms.flatMap((atom) => (atom.kind === 'prefix' && atom.fact === 'path' && atom.holds ? prefixPatterns(atom.text) : []));
  return [...globs, ...prefixes];
}

const prefixPatterns = (prefix: string): readonly string[] => {
  const literal = prefix.replaceAll(/[*?[\]{}]/g, '?');
  return [literal.endsWith('/') ? `${literal}**` : `${literal}*`, `${literal}*/**`];
};
