import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorkspaces } from '../../../../src/adapters/git/workspaces.js';
import type { Processes } from '../../../../src/ports/processes.js';
import type { LandPlan, Workspaces } from '../../../../src/ports/workspaces.js';
import { runCommand } from '../../../support/run-command.js';
import { temporaryRepository, token, workspaceOrder, type TemporaryRepository } from '../../../support/temporary-repository.js';

class Killed extends Error {}

/** Ends the call, as a kill would, right before or right after its n-th git. */
function killer(at: number, when: 'before' | 'after'): Processes['run'] {
  let count = 0;
  return async (order) => {
    count += 1;
    if (count > at) throw new Killed();
    if (count === at && when === 'before') throw new Killed();
    const result = await runCommand(order);
    if (count >= at) throw new Killed();
    return result;
  };
}

const order = workspaceOrder();
const run = { ...order, message: 'Work' };
const FILES = { 'src/a.txt': 'new\n', 'src/b.txt': null, 'src/n.txt': 'n\n' };

/** Every operation is killed before and after each git that it starts; the next process must bring all to its end. */
describe('a kill between two steps', () => {
  const open: TemporaryRepository[] = [];
  afterEach(() => {
    for (const repository of open.splice(0)) repository.close();
  });

  /** Answers how many gits the operation starts. Ends when a kill comes too late to hit. */
  async function everyKill(start: () => Promise<TemporaryRepository>, killed: (workspaces: Workspaces) => Promise<unknown>, then: (made: TemporaryRepository) => Promise<void>): Promise<number> {
    for (let at = 1; ; at += 1) {
      let hit = 0;
      for (const when of ['before', 'after'] as const) {
        const made = await start();
        open.push(made);
        const workspaces = createWorkspaces({ root: made.root, aiFolder: made.aiFolder, environment: made.environment, run: killer(at, when) });
        const outcome = await killed(workspaces).catch((error: unknown) => {
          // A removal that is disturbed refuses, instead of failing.
          if (!(error instanceof Killed)) throw error;
          return error;
        });
        hit += outcome instanceof Killed ? 1 : 0;
        await then(made);
        made.close();
      }
      if (hit === 0) return at - 1;
    }
  }

  const fresh = async (): Promise<TemporaryRepository> => temporaryRepository();
  const worked = async (): Promise<TemporaryRepository> => {
    const made = temporaryRepository();
    const workspace = await made.workspaces.prepare(order);
    made.write(FILES, workspace.path);
    return made;
  };
  const workspaceOf = (made: Pick<TemporaryRepository, 'workspaces' | 'git'>) => ({ ...made.workspaces.place(order), isolation: 'worktree', base: made.git('rev-parse', 'main').trim() }) as const;

  test('of prepare', async () => {
    const count = await everyKill(fresh, (workspaces) => workspaces.prepare(order), async (made) => {
      const workspace = await made.reopen().prepare(workspaceOrder({ token: token(order.token + 1) }));
      expect(made.gitIn(workspace.path, 'status', '--porcelain', '--branch')).toBe('## ai/t-aaaaaa\n');
      expect(made.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(2);
      // The run's own ref, and nothing that had to be rescued.
      expect(made.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/ai/')).toBe(`refs/ai/runs/r-aaaaaa ${workspace.base}\n`);
    });
    expect(count).toBeGreaterThan(2);
  });

  test('of snapshot', async () => {
    const count = await everyKill(worked, async (workspaces) => workspaces.snapshot({ ...workspaces.place(order), isolation: 'worktree', base: open.at(-1)?.head() ?? '' }, run), async (made) => {
      const { changedFiles, head } = await made.reopen().snapshot(workspaceOf(made), run);
      expect(changedFiles.map((file) => file.path)).toEqual(['src/a.txt', 'src/b.txt', 'src/n.txt']);
      expect(made.git('rev-parse', 'refs/ai/runs/r-aaaaaa', 'ai/t-aaaaaa')).toBe(`${head}\n${head}\n`);
      expect(made.git('rev-parse', `${head}^`)).toBe(made.git('rev-parse', 'main'));
    });
    expect(count).toBeGreaterThan(5);
  });

  test('of remove, with work that is on no ref', async () => {
    const count = await everyKill(worked, async (workspaces) => ((await workspaces.remove({ ...workspaces.place(order), isolation: 'worktree', base: open.at(-1)?.head() ?? '' }, order)) ? 'removed' : 'refused'), async (made) => {
      expect(await made.reopen().remove(workspaceOf(made), order)).toBe(true);
      expect(existsSync(made.workspaces.place(order).path)).toBe(false);
      expect(made.git('show', `refs/ai/rescued/t-aaaaaa-${order.token}:src/n.txt`)).toBe('n\n');
      expect(made.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
    });
    expect(count).toBeGreaterThan(5);
  });

  test('of landing', async () => {
    const landing = async (workspaces: Workspaces, made: TemporaryRepository) => {
      const { head } = await made.reopen().snapshot(workspaceOf(made), run);
      const landOrder = { ...order, target: 'main', base: made.git('rev-parse', 'main').trim(), head, message: 'Landed\n' };
      const plan = (await made.reopen().planLanding(landOrder)) as Extract<LandPlan, { kind: 'ready' }>;
      return workspaces.finishLanding(landOrder, plan);
    };
    const count = await everyKill(worked, (workspaces) => landing(workspaces, open.at(-1)!), async (made) => {
      const head = made.git('rev-parse', 'ai/t-aaaaaa').trim();
      const landOrder = { ...order, target: 'main', base: made.git('rev-parse', 'ai/t-aaaaaa^').trim(), head, message: 'Landed\n' };
      const plan = await made.reopen().planLanding(landOrder);
      if (plan.kind === 'ready') expect((await made.reopen().finishLanding(landOrder, plan)).kind).toBe('landed');
      expect(made.git('status', '--porcelain')).toBe('');
      expect(readFileSync(path.join(made.root, 'src/n.txt'), 'utf8')).toBe('n\n');
      expect(made.git('rev-list', '--count', 'main').trim()).toBe('2');
    });
    expect(count).toBeGreaterThan(4);
  });

  test('of cleaning up', async () => {
    const recorded = async (): Promise<TemporaryRepository> => {
      const made = await worked();
      await made.workspaces.snapshot(workspaceOf(made), run);
      return made;
    };
    const count = await everyKill(recorded, (workspaces) => workspaces.cleanUpLanded(order.taskId), async (made) => {
      await made.reopen().cleanUpLanded(order.taskId);
      expect(made.git('branch', '--list', 'ai/*')).toBe('');
      expect(made.git('show', 'refs/ai/runs/r-aaaaaa:src/n.txt')).toBe('n\n');
      expect(existsSync(made.workspaces.place(order).path)).toBe(false);
    });
    expect(count).toBeGreaterThan(4);
  });
});
