import { isScalar, Scalar, type Node } from 'yaml';
import type { CompileCondition, ConditionProblem } from '../../domain/policy/condition.js';
import { startOf, type Reader } from './reader.js';

const SHOWN_CHARACTERS = 72;

/** The text of a condition that compiles. Its problems are placed within the file where that can be known, and shown with a caret always. */
export function readWhen(node: Node | null, tools: { readonly reader: Reader; readonly compile: CompileCondition; readonly text: string }): string | null {
  const { reader, compile } = tools;
  if (reader.text(node, 'when') === null || !isScalar(node) || typeof node.value !== 'string') return null;
  const compiled = compile(node.value);
  if (compiled.ok) return node.value.trim();
  const { problem } = compiled;
  const offset = placeOf(node as Scalar<string>, tools.text, problem.offset);
  return reader.problem(offset, `when: ${problem.message}\n${caret(node.value, problem)}`, problem.hint);
}

/** Where a character of the value stands in the file; the beginning of the value when it was folded or has escapes before it. */
function placeOf(node: Scalar<string>, text: string, offset: number): number {
  const start = startOf(node);
  if (node.type === Scalar.BLOCK_LITERAL) return placeInBlock(node, text, offset) ?? start;
  const begin = node.type === Scalar.PLAIN ? start : start + 1;
  return text.startsWith(node.value.slice(0, offset), begin) ? begin + offset : start;
}

/** Each line of a literal block is the line of the file without its indentation. */
function placeInBlock(node: Scalar<string>, text: string, offset: number): number | null {
  const before = node.value.slice(0, offset).split('\n');
  let start = text.indexOf('\n', startOf(node)) + 1;
  for (let skipped = 1; skipped < before.length; skipped += 1) start = text.indexOf('\n', start) + 1;
  const line = node.value.split('\n')[before.length - 1] ?? '';
  const end = text.indexOf('\n', start);
  const indent = text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '').lastIndexOf(line);
  return indent === -1 || line === '' ? null : start + indent + (before.at(-1)?.length ?? 0);
}

/** The line of the expression with a mark below the place; of a long line the part around it. */
function caret(text: string, { offset }: ConditionProblem): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, newline === -1 ? text.length : newline);
  const column = Math.min(offset - lineStart, line.length);
  const from = Math.max(0, column - Math.floor(SHOWN_CHARACTERS / 2));
  return `    ${line.slice(from, from + SHOWN_CHARACTERS)}\n    ${' '.repeat(column - from)}^`;
}
