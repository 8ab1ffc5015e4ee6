import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExpired, leaseClock, nextToken } from '../../../../src/domain/lease/lease.js';

const instant = fc.record({ wallMs: fc.integer({ min: 0, max: 4e12 }), monoMs: fc.integer({ min: 0, max: 1e10 }), bootId: fc.constant('boot') });

describe('leases', () => {
  it('no jump of the wall clock ends or extends one', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1_000, max: 1e8 }), fc.integer({ min: 0, max: 2e8 }), fc.integer({ min: -4e12, max: 4e12 }), (now, ttlMs, laterMs, jumpMs) => {
        const lease = leaseClock(now, ttlMs);
        const later = { bootId: now.bootId, monoMs: now.monoMs + laterMs, wallMs: now.wallMs + jumpMs };
        expect(isExpired(lease, later)).toBe(laterMs > ttlMs);
      }),
    );
  });

  it('ends with the boot, whatever the clocks say', () => {
    const lease = leaseClock({ wallMs: 5, monoMs: 1_000, bootId: 'before' }, 60_000);
    expect(isExpired(lease, { wallMs: 5, monoMs: 0, bootId: 'after' })).toBe(true);
  });

  it('tokens grow with counter and epoch, and an epoch leaves every token of the one before behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 20 }), fc.integer({ min: 0, max: 2 ** 31 }), (epoch, counter) => {
        const token = nextToken({ epoch, counter });
        expect(nextToken({ epoch, counter: counter + 1 })).toBe(token + 1);
        expect(nextToken({ epoch: epoch + 1, counter: 0 })).toBeGreaterThan(token);
        expect(Number.isSafeInteger(token)).toBe(true);
      }),
    );
    expect(() => nextToken({ epoch: 2 ** 22, counter: 0 })).toThrow('2^53');
  });
});
