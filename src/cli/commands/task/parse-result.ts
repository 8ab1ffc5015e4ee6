import { AiError } from '../../../domain/kernel/errors.js';

/** The event log keeps results in a canonical form, which is written recursively. */
const MAX_DEPTH = 100;

/**
 * What a worker hands over: JSON when it is JSON, else the text as it is. Throws INVALID_INPUT for JSON
 * that can't be stored faithfully: numbers beyond the range of a double, broken Unicode, or too deep nesting.
 */
export function parseResult(text: string): unknown {
  const value = jsonOrText(text);
  const problem = problemOf(value);
  if (problem !== null) throw new AiError({ code: 'INVALID_INPUT', message: `The result can't be stored: it holds ${problem}.`, hint: 'Put such results in a file of the repository and name it in the result.' });
  return value;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON, so that it is text: both are documented.
    return text.trim();
  }
}

/** Level by level instead of recursively: this is what finds out that the nesting is too deep. */
function problemOf(root: unknown): string | null {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return `more than ${MAX_DEPTH} levels`;
    if (level.some((value) => typeof value === 'number' && !Number.isFinite(value))) return 'a number that is too large';
    if (level.some((value) => typeof value === 'string' && /\p{Surrogate}/u.test(value))) return 'broken Unicode';
    level = level.flatMap(children);
  }
  return null;
}

/** Keys are text too. */
function children(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [...Object.keys(value), ...(Object.values(value) as readonly unknown[])];
}
