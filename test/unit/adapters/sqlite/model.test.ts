import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LockMode } from '../../../../src/domain/lock/path-lock.js';
import { change, claimRequest, create, lock, newTask, taskId, type Granted } from '../../../contract/store/builders.js';
import { Board } from './board.js';
import { Model, PATTERNS } from './model.js';
import { histories, type Real } from './model-commands.js';

test('whatever happens to a board, it is what a simple model says', async () => {
  await fc.assert(
    fc.asyncProperty(histories(60), async (history) => {
      const board = new Board();
      try {
        const store = board.store({ lockReservationAfterMs: Number.MAX_SAFE_INTEGER });
        const model = new Model();
        model.nowMs = board.clock.wallMs;
        const real: Real = { store, clock: board.clock };
        await fc.asyncModelRun(() => ({ model, real }), history);
        expect(await store.checkConsistency()).toEqual([]);
        expect(await store.repairDerived()).toEqual([]);
      } finally {
        board.dispose();
      }
    }),
    { numRuns: 60 },
  );
});

const tasks = fc.array(
  fc.record({ pattern: fc.constantFrom(...PATTERNS), mode: fc.constantFrom<LockMode>('exclusive', 'shared'), priority: fc.constantFrom('high' as const, 'low' as const), after: fc.option(fc.nat({ max: 20 })) }),
  { minLength: 2, maxLength: 14 },
);
const moves = fc.array(fc.constantFrom('claim', 'finish oldest', 'finish newest', 'wait', 'fail oldest'), { maxLength: 60 });

test('with reservations, locks never collide, and every task gets its turn', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, moves, async (specs, history) => {
      const board = new Board();
      try {
        const store = board.store({ lockReservationAfterMs: 20 });
        const named = specs.map(({ pattern, mode, priority, after }, index) =>
          newTask(index.toString().padStart(6, '0'), { locks: [lock(pattern, mode)], priority, dependsOn: after === null || index === 0 ? [] : [taskId((after % index).toString().padStart(6, '0'))] }),
        );
        await create(store, ...named);
        const held: Granted[] = [];
        const end = async (grant: Granted | undefined, status: 'done' | 'queued'): Promise<void> => {
          if (grant !== undefined) await store.apply(change(grant.task, status === 'done' ? { status, finishedAtMs: 1 } : { status, notBeforeMs: null }));
        };
        const claimOne = async (): Promise<boolean> => {
          const outcome = await store.claimNext(claimRequest());
          if (outcome.kind === 'granted') held.push(outcome);
          return outcome.kind === 'granted';
        };
        for (const move of history) {
          board.clock.advance(7);
          if (move === 'claim') await claimOne();
          else if (move === 'finish oldest') await end(held.shift(), 'done');
          else if (move === 'finish newest') await end(held.pop(), 'done');
          else if (move === 'fail oldest') await end(held.shift(), 'queued');
          expect(await store.checkConsistency()).toEqual([]);
        }
        // From here on whoever holds something finishes; then nothing may be left over.
        for (let rounds = 0; rounds <= specs.length * 2; rounds += 1) {
          while (await claimOne());
          await end(held.shift(), 'done');
        }
        expect(await store.countByStatus()).toMatchObject({ done: specs.length });
        expect(await store.listLocks()).toEqual([]);
      } finally {
        board.dispose();
      }
    }),
    { numRuns: 40 },
  );
});
