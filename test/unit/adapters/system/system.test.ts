import { spawnSync } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../../src/adapters/system/clock.js';
import { createSystemRandom } from '../../../../src/adapters/system/random.js';
import { createSystemTimer } from '../../../../src/adapters/system/timer.js';
import { createTrace } from '../../../../src/adapters/system/trace.js';

describe('the clock', () => {
  it('reads wall time, the monotonic time that every process of this boot shares, and the boot id', () => {
    const read = (): number => Number(spawnSync(process.execPath, ['-p', 'process.hrtime.bigint() / 1000000n'], { encoding: 'utf8' }).stdout.replace('n', ''));
    const clock = createSystemClock();
    const before = clock.now();
    const elsewhereMs = read();
    const after = clock.now();
    expect(elsewhereMs).toBeGreaterThanOrEqual(before.monoMs);
    expect(elsewhereMs).toBeLessThanOrEqual(after.monoMs);
    expect(after.wallMs).toBeGreaterThanOrEqual(before.wallMs);
    expect(Number.isInteger(before.monoMs) && Number.isInteger(before.wallMs)).toBe(true);
    expect(before.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  });
});

describe('randomness', () => {
  it('has the length asked for, and does not repeat', () => {
    const random = createSystemRandom();
    expect(random.bytes(16)).toHaveLength(16);
    expect(random.bytes(16)).not.toEqual(random.bytes(16));
    const fractions = Array.from({ length: 1_000 }, () => random.fraction());
    expect(fractions.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(fractions).size).toBe(1_000);
  });
});

describe('the timer', () => {
  it('is over at once when its signal is, before or while it waits', async () => {
    const timer = createSystemTimer();
    await timer.sleep(1_000_000_000, AbortSignal.abort());
    const controller = new AbortController();
    const waiting = timer.sleep(1_000_000_000, controller.signal);
    controller.abort();
    await waiting;
    await timer.sleep(1);
  });
});

describe('the trace', () => {
  it('reaches the subscribers of its channel, and nobody else', () => {
    const steps: unknown[] = [];
    const subscriber = (message: unknown): void => void steps.push(message);
    const trace = createTrace('test:trace');
    trace('unheard');
    diagnosticsChannel.subscribe('test:trace', subscriber);
    trace('heard');
    createTrace('test:other')('elsewhere');
    diagnosticsChannel.unsubscribe('test:trace', subscriber);
    trace('unheard again');
    expect(steps).toEqual([{ step: 'heard' }]);
  });
});
