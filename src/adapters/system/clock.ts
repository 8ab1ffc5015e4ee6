import type { Clock } from '../../ports/clock.js';
import { readBootId } from '../process/machine.js';

const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * The clocks of this machine. The monotonic one is the kernel's (CLOCK_MONOTONIC on Linux): every process
 * of one boot reads the same, and it stands still while the machine sleeps. Whole milliseconds.
 */
export function createSystemClock(): Clock {
  let bootId: string | undefined;
  return {
    now: () => ({
      wallMs: Date.now(),
      monoMs: Number(process.hrtime.bigint() / NANOSECONDS_PER_MS),
      bootId: (bootId ??= readBootId()),
    }),
  };
}
