import type { Expression } from '../condition.js';
import { FACT_TYPES, type FactName, type Facts, type FactValue } from '../facts.js';

export interface FactChange {
  readonly name: FactName;
  readonly value: FactValue;
}

/** Stands for "something else" where a condition compares with one text. */
export const OTHER_TEXT = 'other';

/** Values of single facts that might make a condition say something else: those that it compares with, and their neighbours. */
export function factChanges(expression: Expression, facts: Facts): readonly FactChange[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'fact':
      return FACT_TYPES[expression.name] === 'bool' ? [true, false].map((value) => ({ name: expression.name, value })) : [];
    case 'list':
      return expression.items.flatMap((item) => factChanges(item, facts));
    case 'call':
      return expression.args.flatMap((item) => factChanges(item, facts));
    case 'not':
      return factChanges(expression.of, facts);
    case 'and':
    case 'or':
      return [...factChanges(expression.left, facts), ...factChanges(expression.right, facts)];
    case 'compare':
      return [...changesOf(expression.left, expression.right, facts), ...changesOf(expression.right, expression.left, facts)];
  }
}

function changesOf(side: Expression, other: Expression, facts: Facts): readonly FactChange[] {
  if (side.kind !== 'fact') return factChanges(side, facts);
  const values = literalsOf(other).flatMap((literal) => valuesFor(side.name, literal, facts));
  return values.map((value) => ({ name: side.name, value }));
}

function literalsOf(expression: Expression): readonly (string | number | boolean)[] {
  if (expression.kind === 'list') return expression.items.flatMap(literalsOf);
  return expression.kind === 'literal' && expression.value !== null ? [expression.value] : [];
}

function valuesFor(name: FactName, literal: string | number | boolean, facts: Facts): readonly FactValue[] {
  const type = FACT_TYPES[name];
  if (type === 'list<string>') return typeof literal === 'string' ? listsWith(literal, facts[name]) : [];
  if (typeof literal === 'string') return type === 'string' ? [literal, OTHER_TEXT] : [];
  if (typeof literal === 'number') return type === 'int' || type === 'double' ? [literal, literal - 1, literal + 1] : [];
  return type === 'bool' ? [literal, !literal] : [];
}

function listsWith(item: string, value: FactValue | undefined): readonly FactValue[] {
  const items = Array.isArray(value) ? (value as readonly string[]) : [];
  return items.includes(item) ? [items.filter((other) => other !== item)] : [[...items, item]];
}
