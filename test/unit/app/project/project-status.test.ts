import { describe, expect, it } from 'vitest';
import { projectStatus } from '../../../../src/app/project/project-status.js';
import type { Agent } from '../../../../src/domain/agent/agent.js';
import type { Lease } from '../../../../src/domain/lease/lease.js';
import type { AppDeps } from '../../../../src/app/deps.js';
import { TASK_STATUSES } from '../../../../src/domain/task/task.js';
import { buildLease } from '../../../support/build-task.js';

function depsWith(seen: { failed?: number; agents?: Partial<Agent>[]; leases?: Lease[] }): Pick<AppDeps, 'store' | 'place' | 'clock'> {
  const counts = { ...Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])), failed: seen.failed ?? 0 };
  const store = { countByStatus: async () => counts, countReady: async () => 3, listLiveRuns: async () => [], listLeases: async () => seen.leases ?? [], listAgents: async () => seen.agents ?? [] };
  return { store, place: { root: '/p', currentBranch: 'main' }, clock: { now: () => ({ wallMs: 0, monoMs: 50_000, bootId: 'boot-1' }) } } as unknown as AppDeps;
}

describe('projectStatus', () => {
  it('names no problem where there is none', async () => {
    expect(await projectStatus(depsWith({ leases: [buildLease()] }))).toMatchObject({ root: '/p', branch: 'main', ready: 3, problems: [] });
  });

  it('names paused agents, expired leases and failed tasks, each with a command', async () => {
    const expired = [buildLease({ deadlineMonoMs: 49_999 }), buildLease({ bootId: 'boot-0', holder: 'agent:two' })];
    const { problems } = await projectStatus(depsWith({ failed: 1, agents: [{ pausedReason: 'credentials', id: 'coder' as Agent['id'] }], leases: expired }));
    expect(problems.map((problem) => problem.hint)).toEqual(['ai agent enable coder', 'ai task show t-aaaaaa', 'ai task show t-aaaaaa', 'ai task list --status failed']);
    expect(problems.at(-1)?.message).toBe('1 task has failed.');
  });
});
