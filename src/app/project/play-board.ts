import { describeConflict } from '../../domain/lock/path-lock.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import type { ClaimObstacle } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { changeTask } from '../tasks/change-task.js';
import { executeTask, type ExecutedTask } from '../tasks/execute-task.js';

/** Runs of the demo at the same time. */
const CONCURRENCY = 3;

export interface BoardOrder {
  /** In the order in which they are looked at. */
  readonly ids: readonly TaskId[];
  readonly signal: AbortSignal;
  readonly told: (text: string) => void;
  readonly ended: (executed: ExecutedTask) => void;
}

/**
 * Plays the tasks of the demo to their end: each as soon as its dependencies are done and its paths are free. One whose check
 * failed gets its next attempt at once. What is waited for in vain is left.
 */
export async function playBoard(deps: AppDeps, order: BoardOrder): Promise<void> {
  const waiting = [...order.ids];
  const toldOf = new Set<TaskId>();
  const running = new Map<TaskId, Promise<void>>();
  do {
    for (const id of [...waiting]) {
      if (running.size === CONCURRENCY) break;
      const [obstacle] = await deps.store.explainClaim(id, null);
      if (obstacle !== undefined) {
        tellOnce(order, toldOf, { id, obstacle });
        continue;
      }
      waiting.splice(waiting.indexOf(id), 1);
      const { claimed, ended } = begin(deps, order, id);
      const run = ended.then(async (executed) => {
        running.delete(id);
        order.ended(executed);
        if (await retried(deps, executed)) waiting.push(id);
      });
      // It is looked at below; until then its failure must not count as one that nobody looks at.
      run.catch(() => undefined);
      running.set(id, run);
      await claimed;
    }
    await Promise.race(running.values());
  } while (running.size > 0 || (await someReady(deps, waiting)));
}

/** `claimed` resolves when lease and paths are taken, or never will be: only then can the next task be looked at. */
function begin(deps: AppDeps, { signal }: BoardOrder, id: TaskId): { readonly claimed: Promise<void>; readonly ended: Promise<ExecutedTask> } {
  let settle = (): void => undefined;
  const claimed = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const onUpdate: Parameters<typeof executeTask>[1]['onUpdate'] = (update) => {
    if (update.kind === 'step' && update.step === 'workspace') settle();
  };
  return { claimed, ended: executeTask(deps, { id, agent: null, unattended: true, signal, onUpdate }).finally(settle) };
}

async function retried(deps: AppDeps, { task, run }: ExecutedTask): Promise<boolean> {
  if (run.outcome !== 'verification_failed') return false;
  await changeTask(deps, { id: task.id, command: { kind: 'retry' }, waitMs: 0 });
  return true;
}

async function someReady(deps: AppDeps, ids: readonly TaskId[]): Promise<boolean> {
  for (const id of ids) if ((await deps.store.explainClaim(id, null)).length === 0) return true;
  return false;
}

function tellOnce({ told }: BoardOrder, toldOf: Set<TaskId>, { id, obstacle }: { readonly id: TaskId; readonly obstacle: ClaimObstacle }): void {
  const conflict = obstacle.kind === 'locks' ? obstacle.conflicts[0] : undefined;
  if (conflict === undefined || toldOf.has(id)) return;
  toldOf.add(id);
  told(`${id} waits: ${describeConflict(conflict)}`);
}
