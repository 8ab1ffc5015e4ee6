import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Board } from './board.js';
import { Model } from './model.js';
import { histories } from './model-commands.js';

const RUNS = 60;
const STEPS = 60;

async function play(history: Parameters<typeof fc.asyncModelRun<Model, never, false, { model: Model }>>[1], lockReservationAfterMs: number): Promise<void> {
  const board = new Board();
  try {
    const store = board.store({ lockReservationAfterMs });
    await fc.asyncModelRun(() => ({ model: startAt(new Model(), board.clock.wallMs), real: { store, clock: board.clock } as never }), history);
    expect(await store.checkConsistency()).toEqual([]);
    expect(await store.repairDerived()).toEqual([]);
  } finally {
    board.dispose();
  }
}

function startAt(model: Model, nowMs: number): Model {
  model.nowMs = nowMs;
  return model;
}

test('whatever happens to a board, it is what a simple model says', async () => {
  await fc.assert(
    fc.asyncProperty(histories(STEPS), (history) => play(history as never, Number.MAX_SAFE_INTEGER)),
    { numRuns: RUNS },
  );
});
