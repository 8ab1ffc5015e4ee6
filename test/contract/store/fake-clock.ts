import type { Instant } from '../../../src/domain/kernel/instant.js';
import type { Clock } from '../../../src/ports/clock.js';

/** Clocks that only the test moves. */
export class FakeClock implements Clock {
  wallMs = 1_800_000_000_000;
  monoMs = 1_000_000;
  bootId = 'boot-1';

  now(): Instant {
    return { wallMs: this.wallMs, monoMs: this.monoMs, bootId: this.bootId };
  }

  advance(ms: number): void {
    this.wallMs += ms;
    this.monoMs += ms;
  }

  /** Another start of the machine: monotonic time begins anew. */
  reboot(bootId: string): void {
    this.bootId = bootId;
    this.monoMs = 0;
  }
}
