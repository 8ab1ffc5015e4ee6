import { unreachable } from '../../../kernel/assert.js';
import { FACT_TYPES, type FactName, type FactValue } from '../../facts.js';
import { USUAL_FACTS } from '../usual-facts.js';
import type { AtomOfFact, Hint, Scalar } from './atom.js';

/** `none`: no value fits, which is proved. `unsure`: none was found, though there may be one. */
export type Choice = { readonly kind: 'value'; readonly value: FactValue } | { readonly kind: 'none' } | { readonly kind: 'unsure' };

/** Finds a value of the fact for which all atoms, which speak of it only, hold; where it can be, a usual one. */
export function chooseValue(fact: FactName, atoms: readonly AtomOfFact[], hints: readonly Hint[]): Choice {
  const fits = (value: FactValue): boolean => isOfType(fact, value) && atoms.every((atom) => holdsFor(atom, value));
  const listed = atoms.find((atom) => atom.kind === 'one-of');
  const preferred = preferredValues(fact, atoms, hints);
  const value = preferred.find(fits) ?? (listed?.kind === 'one-of' ? listed.values : candidatesOf(fact, atoms)).find(fits);
  if (value !== undefined) return { kind: 'value', value };
  return FACT_TYPES[fact] === 'double' && listed === undefined && !isEmptyInterval(atoms) ? { kind: 'unsure' } : { kind: 'none' };
}

function holdsFor(atom: AtomOfFact, value: FactValue): boolean {
  switch (atom.kind) {
    case 'one-of':
    case 'none-of':
      return atom.values.includes(value as Scalar) === (atom.kind === 'one-of');
    case 'bound':
      return isWithin(atom, value as number);
    case 'prefix':
      return (value as string).startsWith(atom.text) === atom.holds;
    case 'member':
      return (value as readonly string[]).includes(atom.value) === atom.holds;
    case 'present':
      return atom.holds;
    default:
      return unreachable(atom);
  }
}

function isWithin(bound: Bound, value: number): boolean {
  if (value === bound.value) return !bound.open;
  return bound.side === 'high' ? value < bound.value : value > bound.value;
}

function isOfType(fact: FactName, value: FactValue): boolean {
  switch (FACT_TYPES[fact]) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return Number.isFinite(value);
    case 'list<string>':
      return typeof value === 'object';
  }
}

function preferredValues(fact: FactName, atoms: readonly AtomOfFact[], hints: readonly Hint[]): readonly FactValue[] {
  const prefix = longestPrefix(atoms);
  const inside = hints.filter((hint) => hint.part === 'inside').map((hint) => hint.text);
  const ends = hints.filter((hint) => hint.part === 'end').map((hint) => hint.text);
  const hinted = inside.length + ends.length === 0 ? [] : [`${prefix}${inside.join('')}${ends.at(-1) ?? ''}`, `${prefix}x${inside.join('')}${ends.at(-1) ?? ''}`];
  return [...hinted, ...(USUAL_FACTS.get(fact) ?? [])];
}

/** Of these one fits whenever any value does: each atom rules out one of them at most, and there are more of them. */
function candidatesOf(fact: FactName, atoms: readonly AtomOfFact[]): readonly FactValue[] {
  const count = atoms.reduce((sum, atom) => sum + ('values' in atom ? atom.values.length : 1), 1);
  switch (FACT_TYPES[fact]) {
    case 'string':
      return Array.from({ length: count + 1 }, (_, index) => longestPrefix(atoms) + distinctCharacter(index));
    case 'bool':
      return [true, false];
    case 'int':
      return integersWithin(atoms, count);
    case 'double':
      return numbersWithin(atoms, count);
    case 'list<string>':
      return [atoms.flatMap((atom) => (atom.kind === 'member' && atom.holds ? [atom.value] : []))];
  }
}

const longestPrefix = (atoms: readonly AtomOfFact[]): string => atoms.reduce((longest, atom) => (atom.kind === 'prefix' && atom.holds && atom.text.length > longest.length ? atom.text : longest), '');

const READABLE = 'xabcdefghijklmnopqrstuvwyz0123456789';
const FIRST_IDEOGRAPH = 0x4e00;
const distinctCharacter = (index: number): string => READABLE[index] ?? String.fromCodePoint(FIRST_IDEOGRAPH + index);

type Bound = Extract<AtomOfFact, { readonly kind: 'bound' }>;

interface Interval {
  readonly low: Bound | null;
  readonly high: Bound | null;
}

function intervalOf(atoms: readonly AtomOfFact[]): Interval {
  const bounds = atoms.filter((atom) => atom.kind === 'bound');
  const tightest = (side: Bound['side'], isTighter: (a: number, b: number) => boolean): Bound | null =>
    bounds.filter((bound) => bound.side === side).reduce<Bound | null>((best, bound) => (best === null || isTighter(bound.value, best.value) || (bound.value === best.value && bound.open) ? bound : best), null);
  return { low: tightest('low', (a, b) => a > b), high: tightest('high', (a, b) => a < b) };
}

function isEmptyInterval(atoms: readonly AtomOfFact[]): boolean {
  const { low, high } = intervalOf(atoms);
  if (low === null || high === null) return false;
  // A single value may be left, and then it is one of the candidates.
  return low.value >= high.value;
}

function integersWithin(atoms: readonly AtomOfFact[], count: number): number[] {
  const { low, high } = intervalOf(atoms);
  const first = low === null ? null : Math.floor(low.value) + (low.open || !Number.isInteger(low.value) ? 1 : 0);
  const last = high === null ? null : Math.ceil(high.value) - (high.open || !Number.isInteger(high.value) ? 1 : 0);
  const from = first ?? (last === null ? 0 : last - count);
  return Array.from({ length: count + 1 }, (_, index) => from + index);
}

function numbersWithin(atoms: readonly AtomOfFact[], count: number): number[] {
  const { low, high } = intervalOf(atoms);
  const from = low?.value ?? (high === null ? 0 : high.value - count - 1);
  const to = high?.value ?? from + count + 1;
  return Array.from({ length: count + 2 }, (_, index) => from + ((to - from) * index) / (count + 1));
}
