import { isRecord } from './json.js';
import { clip } from './text.js';

export interface ValueLimits {
  readonly depth: number;
  /** Most members of one list or record. */
  readonly members: number;
  /** Most characters of one string. */
  readonly characters: number;
  /** Most strings, numbers, lists and records together. */
  readonly nodes: number;
}

/** For the input of a tool: enough to see what was asked for; the raw output file has the rest. */
export const TOOL_INPUT_LIMITS: ValueLimits = { depth: 8, members: 200, characters: 8_192, nodes: 2_000 };

/** For a structured result, which other programs read: wide, but safe to walk and to print. */
export const STRUCTURED_LIMITS: ValueLimits = { depth: 32, members: 10_000, characters: 262_144, nodes: 50_000 };

/**
 * A copy of a JSON value that is safe to keep, walk and print: bounded in every direction, and without
 * a `__proto__` member, which would change the prototype of whatever it is merged into.
 */
export function boundedValue(value: unknown, limits: ValueLimits): unknown {
  return copy(value, limits.depth, { limits, left: limits.nodes });
}

interface Copying {
  readonly limits: ValueLimits;
  left: number;
}

function copy(value: unknown, depth: number, copying: Copying): unknown {
  copying.left -= 1;
  if (copying.left < 0) return null;
  if (typeof value === 'string') return clip(value, copying.limits.characters);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (depth <= 0) return null;
  if (Array.isArray(value)) return value.slice(0, copying.limits.members).map((member) => copy(member, depth - 1, copying));
  return isRecord(value) ? copyRecord(value, depth, copying) : null;
}

function copyRecord(record: Readonly<Record<string, unknown>>, depth: number, copying: Copying): Readonly<Record<string, unknown>> {
  const entries = Object.entries(record)
    .filter(([key]) => key !== '__proto__')
    .slice(0, copying.limits.members);
  return Object.fromEntries(entries.map(([key, member]) => [clip(key, copying.limits.characters), copy(member, depth - 1, copying)]));
}
