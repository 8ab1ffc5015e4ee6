import { NO_LIMITS, type EffectivePolicy, type Limits } from '../layer.js';
import { compareDecimals } from './decimal.js';

/** The smallest limit of all layers for each thing that is limited; amounts are compared as decimals, not as floating point. */
export function effectiveLimits(policy: EffectivePolicy): Limits {
  return policy.layers.map((layer) => layer.limits).reduce(smaller, NO_LIMITS);
}

function smaller(a: Limits, b: Limits): Limits {
  return {
    run: { usd: smallerAmount(a.run.usd, b.run.usd), minutes: smallerNumber(a.run.minutes, b.run.minutes), toolCalls: smallerNumber(a.run.toolCalls, b.run.toolCalls) },
    day: { usd: smallerAmount(a.day.usd, b.day.usd) },
  };
}

function smallerAmount(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareDecimals(b, a) < 0 ? b : a;
}

function smallerNumber(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
