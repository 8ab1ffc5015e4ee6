import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../../ports/random.js';

/** The largest range that randomInt takes. */
const FRACTION_STEPS = 2 ** 48 - 1;

/** Randomness of the operating system, fit for ids that nobody should guess. */
export function createSystemRandom(): Random {
  return {
    bytes: (count) => randomBytes(count),
    fraction: () => randomInt(FRACTION_STEPS) / FRACTION_STEPS,
  };
}
