import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * An expression as text with all its parentheses and none of its spaces: equal text, equal meaning. The name of a
 * macro's variable stays as it was written.
 */
export function canonicalText(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return literalText(node.args);
    case 'id':
      return node.args;
    case '.':
      return `${canonicalText(node.args[0])}.${node.args[1]}`;
    case '[]':
      return `${canonicalText(node.args[0])}[${canonicalText(node.args[1])}]`;
    case 'call':
      return `${node.args[0]}(${node.args[1].map(canonicalText).join(',')})`;
    case 'rcall':
      return methodText(node.args);
    default:
      return compositeText(node);
  }
}

function compositeText(node: ASTNode): string {
  switch (node.op) {
    case 'list':
      return `[${node.args.map(canonicalText).join(',')}]`;
    case 'map':
      return `{${node.args.map(([key, value]) => `${canonicalText(key)}:${canonicalText(value)}`).join(',')}}`;
    case '!_':
    case '-_':
      return `${node.op.charAt(0)}(${canonicalText(node.args)})`;
    case '?:':
      return `(${node.args.map(canonicalText).join('?')})`;
    default: {
      const [left, right] = node.args as readonly [ASTNode, ASTNode];
      return `(${canonicalText(left)} ${node.op} ${canonicalText(right)})`;
    }
  }
}

/** `x.size()` and `size(x)` are the same. */
function methodText([name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]]): string {
  if (name === 'size') return `size(${canonicalText(receiver)})`;
  return `${canonicalText(receiver)}.${name}(${args.map(canonicalText).join(',')})`;
}

function literalText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : String(value);
  return String(value);
}
