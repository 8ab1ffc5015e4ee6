import { AiError } from './errors.js';
import { quote } from './ids.js';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_DURATION_MS = 366 * 86_400_000;

/**
 * Reads a duration such as `90s`, `15m`, `1h30m` or `250ms` into milliseconds.
 * Throws INVALID_INPUT for anything else, for zero, and for more than a year.
 */
export function parseDurationMs(text: string): number {
  const source = text.trim().toLowerCase();
  const parts = [...source.matchAll(/(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)/g)];
  const covered = parts.reduce((sum, part) => sum + part[0].length, 0);
  const total = parts.reduce((sum, part) => sum + Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN), 0);
  if (parts.length === 0 || covered !== source.length || !Number.isFinite(total) || total <= 0 || total > MAX_DURATION_MS) {
    throw new AiError({
      code: 'INVALID_INPUT',
      message: `${quote(text)} is not a duration: write a number and a unit (ms, s, m, h, d), for example 90s, 15m or 1h30m, up to a year.`,
    });
  }
  return Math.round(total);
}
