import type { Expression } from '../../condition.js';
import type { FactName } from '../../facts.js';

/** Canonical text: expressions of equal text have equal meaning. */
export function textOf(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return `${expression.type} ${JSON.stringify(expression.value)}`;
    case 'fact':
      return expression.name;
    case 'list':
      return `[${expression.items.map(textOf).join(', ')}]`;
    case 'not':
      return `!(${textOf(expression.of)})`;
    case 'call':
      return expression.text;
    case 'compare':
      return `(${textOf(expression.left)} ${expression.operator} ${textOf(expression.right)})`;
    case 'and':
    case 'or':
      return `(${textOf(expression.left)} ${expression.kind} ${textOf(expression.right)})`;
  }
}

/** Every fact that an expression speaks of, each once. */
export function collectFacts(expression: Expression): readonly FactName[] {
  const found = new Set<FactName>();
  const open: Expression[] = [expression];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'fact') found.add(next.name);
    else open.push(...childrenOf(next));
  }
  return [...found];
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'fact':
      return [];
    case 'list':
      return expression.items;
    case 'not':
      return [expression.of];
    case 'call':
      return expression.args;
    case 'compare':
    case 'and':
    case 'or':
      return [expression.left, expression.right];
  }
}
