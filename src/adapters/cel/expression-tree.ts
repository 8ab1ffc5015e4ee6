import type { ASTNode } from '@marcbachmann/cel-js';
import type { Expression } from '../../domain/policy/condition.js';
import type { FactName } from '../../domain/policy/facts.js';
import { canonicalText } from './canonical-text.js';
import { MACROS } from './check-grammar.js';

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'in'] as const;
type Comparison = (typeof COMPARISONS)[number];
const isComparison = (operator: string): operator is Comparison => COMPARISONS.some((comparison) => comparison === operator);

/** The form for analysis, of an expression that was checked. */
export function toTree(node: ASTNode): Expression {
  switch (node.op) {
    case 'value':
      return literal(node.args, node);
    case 'id':
      return { kind: 'fact', name: node.args as FactName };
    case '.':
      if (node.args[0].op === 'id') return { kind: 'fact', name: `${node.args[0].args}.${node.args[1]}` as FactName };
      return call('field', [toTree(node.args[0])], node);
    case 'list':
      return { kind: 'list', items: node.args.map(toTree) };
    case '!_':
      return { kind: 'not', of: toTree(node.args) };
    case '-_':
      return negated(node.args, node);
    case '&&':
      return { kind: 'and', left: toTree(node.args[0]), right: toTree(node.args[1]) };
    case '||':
      return { kind: 'or', left: toTree(node.args[0]), right: toTree(node.args[1]) };
    default:
      return otherTree(node);
  }
}

function otherTree(node: ASTNode): Expression {
  switch (node.op) {
    case 'call':
      return call(node.args[0], node.args[1].map(toTree), node);
    case 'rcall':
      // The condition of a macro speaks of its variable, which means nothing outside; the text has it all.
      return call(node.args[0], [node.args[1], ...(MACROS.has(node.args[0]) ? [] : node.args[2])].map(toTree), node);
    case 'map':
      return call('map', node.args.map(([, value]) => toTree(value)), node);
    case '?:':
      return call('?:', node.args.map(toTree), node);
    case '[]':
      return call('[]', node.args.map(toTree), node);
    default: {
      const [left, right] = node.args as readonly [ASTNode, ASTNode];
      if (isComparison(node.op)) return { kind: 'compare', operator: node.op, left: toTree(left), right: toTree(right) };
      return call(node.op, [toTree(left), toTree(right)], node);
    }
  }
}

const call = (name: string, args: readonly Expression[], node: ASTNode): Expression => ({ kind: 'call', name, args, text: canonicalText(node) });

/** A number that JSON can't carry exactly stays a call, which analysis does not look into. */
function literal(value: unknown, node: ASTNode): Expression {
  if (typeof value === 'string') return { kind: 'literal', value, type: 'string' };
  if (typeof value === 'boolean') return { kind: 'literal', value, type: 'bool' };
  if (value === null) return { kind: 'literal', value, type: 'null' };
  if (typeof value === 'number' && !Object.is(value, -0)) return { kind: 'literal', value, type: 'double' };
  const number = Number(value);
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? { kind: 'literal', value: number, type: 'int' } : call('number', [], node);
}

function negated(of: ASTNode, node: ASTNode): Expression {
  if (of.op !== 'value' || (typeof of.args !== 'bigint' && typeof of.args !== 'number')) return call('-', [toTree(of)], node);
  return literal(-of.args, node);
}
