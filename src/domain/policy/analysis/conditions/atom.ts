import type { Expression } from '../../condition.js';
import { FACT_TYPES, type FactName } from '../../facts.js';
import { collectFacts, textOf } from './text-of.js';

export type Scalar = string | number | boolean;

/** The smallest parts of a condition: what one of them says about one fact, or a boolean that nothing more is known about. */
export type Atom =
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'one-of' | 'none-of'; readonly fact: FactName; readonly values: readonly Scalar[] }
  | { readonly kind: 'bound'; readonly fact: FactName; readonly side: 'low' | 'high'; readonly value: number; readonly open: boolean }
  | { readonly kind: 'prefix'; readonly fact: FactName; readonly text: string; readonly holds: boolean }
  | { readonly kind: 'member'; readonly fact: FactName; readonly value: string; readonly holds: boolean }
  | { readonly kind: 'present'; readonly fact: FactName; readonly holds: boolean }
  | { readonly kind: 'opaque'; readonly text: string; readonly holds: boolean; readonly facts: readonly FactName[]; readonly hint: Hint | null };

/** What a value should look like for an opaque call to be true: helps to find an example, proves nothing. */
export interface Hint {
  readonly fact: FactName;
  readonly part: 'end' | 'inside' | 'glob';
  readonly text: string;
}

export type AtomOfFact = Extract<Atom, { readonly fact: FactName }>;

type Comparison = Extract<Expression, { readonly kind: 'compare' }>;
type Call = Extract<Expression, { readonly kind: 'call' }>;

/** Reads an expression without `not`, `and` or `or` at its top. `holds` is false where its negation is meant. */
export function readAtom(expression: Expression, holds: boolean): Atom {
  if (expression.kind === 'literal' && typeof expression.value === 'boolean') return { kind: 'constant', holds: expression.value === holds };
  if (expression.kind === 'fact' && FACT_TYPES[expression.name] === 'bool') return { kind: 'one-of', fact: expression.name, values: [holds] };
  if (expression.kind === 'compare') return readComparison(expression, holds);
  if (expression.kind === 'call') return readCall(expression, holds);
  return opaque(expression, holds);
}

function opaque(expression: Expression, holds: boolean, hint: Hint | null = null): Atom {
  return { kind: 'opaque', text: textOf(expression), holds, facts: collectFacts(expression), hint: holds ? hint : null };
}

const NEGATED = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
const MIRRORED = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function readComparison(expression: Comparison, holds: boolean): Atom {
  if (expression.operator === 'in') return readMembership(expression, holds) ?? opaque(expression, holds);
  const operator = holds ? expression.operator : NEGATED[expression.operator];
  const { left, right } = expression;
  const read = compareFact(left, operator, right) ?? compareFact(right, MIRRORED[operator], left) ?? compareLiterals(left, operator, right);
  return read ?? canonicalComparison(expression, holds);
}

function compareFact(fact: Expression, operator: keyof typeof NEGATED, literal: Expression): Atom | null {
  if (fact.kind !== 'fact') return null;
  const value = scalarFor(fact.name, literal);
  if (value === null) return null;
  if (operator === '==' || operator === '!=') return { kind: operator === '==' ? 'one-of' : 'none-of', fact: fact.name, values: [value] };
  if (typeof value !== 'number') return null;
  return { kind: 'bound', fact: fact.name, side: operator.startsWith('<') ? 'high' : 'low', value, open: operator.length === 1 };
}

function compareLiterals(left: Expression, operator: keyof typeof NEGATED, right: Expression): Atom | null {
  if (left.kind !== 'literal' || right.kind !== 'literal' || left.type !== right.type) return null;
  if (operator === '==' || operator === '!=') return { kind: 'constant', holds: (left.value === right.value) === (operator === '==') };
  return null;
}

/** `a > b` and `b < a` are one text. `a >= b` stays another one than the negation of `a < b`: a result may be NaN. */
function canonicalComparison(expression: Comparison, holds: boolean): Atom {
  const [a, b] = [textOf(expression.left), textOf(expression.right)];
  const facts = collectFacts(expression);
  const made = (text: string, isTrue: boolean): Atom => ({ kind: 'opaque', text, holds: isTrue, facts, hint: null });
  switch (expression.operator) {
    case '==':
      return made([a, b].toSorted().join(' == '), holds);
    case '!=':
      return made([a, b].toSorted().join(' == '), !holds);
    case '>':
      return made(`${b} < ${a}`, holds);
    case '>=':
      return made(`${b} <= ${a}`, holds);
    default:
      return made(`${a} ${expression.operator} ${b}`, holds);
  }
}

function readMembership(expression: Comparison, holds: boolean): Atom | null {
  const { left, right } = expression;
  if (left.kind === 'fact' && right.kind === 'list') return readOneOf(left.name, right.items, holds);
  if (left.kind !== 'literal' || typeof left.value !== 'string' || right.kind !== 'fact') return null;
  return FACT_TYPES[right.name] === 'list<string>' ? { kind: 'member', fact: right.name, value: left.value, holds } : null;
}

function readOneOf(fact: FactName, items: readonly Expression[], holds: boolean): Atom | null {
  const values = items.map((item) => scalarFor(fact, item));
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? { kind: holds ? 'one-of' : 'none-of', fact, values: known } : null;
}

/** The value of a literal that a fact can be compared with exactly, or null. */
function scalarFor(fact: FactName, literal: Expression): Scalar | null {
  if (literal.kind !== 'literal' || literal.value === null) return null;
  const { value } = literal;
  const type = FACT_TYPES[fact];
  if (type === 'string') return typeof value === 'string' ? value : null;
  if (type === 'bool') return typeof value === 'boolean' ? value : null;
  if (type === 'list<string>' || typeof value !== 'number') return null;
  // Beyond that, two numbers of the text can be one number here.
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
}

function readCall(call: Call, holds: boolean): Atom {
  const [subject, other] = call.args;
  if (subject?.kind !== 'fact') return opaque(call, holds);
  if (call.name === 'has' && call.args.length === 1) return { kind: 'present', fact: subject.name, holds };
  const text = other === undefined || call.args.length > 2 ? null : scalarFor(subject.name, other);
  return typeof text === 'string' ? readTextCall(call, { fact: subject.name, text }, holds) : opaque(call, holds);
}

function readTextCall(call: Call, about: { readonly fact: FactName; readonly text: string }, holds: boolean): Atom {
  if (call.name === 'startsWith') return { kind: 'prefix', ...about, holds };
  const part = HINTED_CALLS.get(call.name);
  return opaque(call, holds, part === undefined ? null : { ...about, part });
}

const HINTED_CALLS: ReadonlyMap<string, Hint['part']> = new Map([
  ['endsWith', 'end'],
  ['contains', 'inside'],
  ['matchesGlob', 'glob'],
]);
