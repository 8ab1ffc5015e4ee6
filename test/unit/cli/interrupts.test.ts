import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenForSignals } from '../../../src/cli/interrupts.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('signals', () => {
  it('end a command that does not watch them at once', async () => {
    const source = new FakeProcess();
    const interrupts = listenForSignals(source);
    source.emit('SIGTERM');
    await expect(interrupts.unhandled).rejects.toMatchObject({ code: 'INTERRUPTED', details: { signal: 'SIGTERM' } });
    expect(interrupts.received()).toBe('SIGTERM');
  });

  it('only abort the signal of a command that watches', async () => {
    const source = new FakeProcess();
    const interrupts = listenForSignals(source);
    const signal = interrupts.signal();
    source.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    const settled = await Promise.race([interrupts.unhandled.catch(() => 'rejected'), Promise.resolve('pending')]);
    expect(settled).toBe('pending');
    expect(source.exits).toEqual([]);
  });

  it('exit at the second SIGINT, whatever came first', () => {
    for (const first of ['SIGINT', 'SIGTERM']) {
      const source = new FakeProcess();
      listenForSignals(source).signal();
      source.emit(first);
      source.emit('SIGINT');
      expect(source.exits).toEqual([130]);
    }
  });

  it('can be told that nobody reads any more', () => {
    const interrupts = listenForSignals(new FakeProcess());
    const signal = interrupts.signal();
    interrupts.abort();
    expect(signal.aborted).toBe(true);
    expect(interrupts.received()).toBeNull();
  });

  it('tell that to whoever watches only later', () => {
    const interrupts = listenForSignals(new FakeProcess());
    interrupts.abort();
    expect(interrupts.signal().aborted).toBe(true);
  });
});
