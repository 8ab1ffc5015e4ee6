import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ERROR_CLASSES } from '../../../../src/domain/run/error-class.js';
import { backoffMs, RECOVERY } from '../../../../src/domain/run/recovery.js';

it('pauses between half of the ceiling and the ceiling, never above the cap, never below a Retry-After', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ERROR_CLASSES), fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 0.999_999, noNaN: true }), fc.option(fc.integer({ min: 0, max: 1e7 }), { nil: undefined }), (name, failures, random, retryAfterMs) => {
      const rule = RECOVERY[name];
      const pause = backoffMs(rule, failures, { random, retryAfterMs });
      const ceiling = Math.min(rule.capMs, rule.baseMs * 2 ** Math.min(failures - 1, 30));
      expect(pause).toBeGreaterThanOrEqual(Math.max(Math.floor(ceiling / 2), retryAfterMs ?? 0));
      expect(pause).toBeLessThanOrEqual(Math.max(ceiling, retryAfterMs ?? 0));
    }),
  );
});
