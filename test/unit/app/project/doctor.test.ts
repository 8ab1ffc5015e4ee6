import { describe, expect, it } from 'vitest';
import type { AppDeps } from '../../../../src/app/deps.js';
import type { Check } from '../../../../src/app/project/check.js';
import { doctor, type Diagnosis } from '../../../../src/app/project/doctor.js';
import type { Examination } from '../../../../src/app/project/examination.js';
import type { Agent } from '../../../../src/domain/agent/agent.js';
import { AiError } from '../../../../src/domain/kernel/errors.js';
import { DEFAULT_SETTINGS } from '../../../../src/domain/settings/settings.js';
import type { Detection } from '../../../../src/ports/connector.js';
import type { CommandResult } from '../../../../src/ports/processes.js';
import type { StoreProblem } from '../../../../src/ports/store-maintenance.js';
import { buildLease } from '../../../support/build-task.js';

interface World {
  readonly node?: string;
  readonly git?: Partial<CommandResult>;
  readonly isRepository?: boolean;
  readonly problems?: StoreProblem[];
  readonly agents?: Partial<Agent>[];
  readonly detection?: Partial<Detection>;
  readonly expired?: boolean;
  readonly databaseError?: AiError;
}

const NOWHERE = { ok: false, error: new AiError({ code: 'PROJECT_NOT_FOUND', message: 'Nothing here.', hint: 'ai init' }) } as const;

/** The part of the world that the checks look at, sound unless the test says otherwise. */
function examination(world: World = {}): Examination {
  const git: CommandResult = { exitCode: 0, signal: null, stdout: 'git version 2.39.5\n', stderr: '', timedOut: false, durationMs: 1, notFound: false, ...world.git };
  const detection = { installed: true, path: '/bin/coder', version: '1.2', loggedIn: null, problem: null, ...world.detection };
  const connector = { kind: 'command', detect: async () => detection };
  const tools = { environment: {}, processes: async () => ({ run: async () => git }), connectors: async () => ({ list: () => [connector], get: () => connector }) } as unknown as Examination['tools'];
  const problems = [...(world.problems ?? [])];
  const store = {
    info: async () => ({ file: '/p/.ai/state.db', schemaVersion: 1, sqliteVersion: '3.53.2', bytes: 4096 }),
    checkConsistency: async () => problems,
    repairDerived: async () => problems.splice(0).filter((problem) => problem.fixable).map((problem) => `repaired ${problem.check}`),
    listAgents: async () => (world.agents ?? [{}]).map((agent) => ({ id: 'coder', connector: 'command', enabled: true, pausedReason: null, ...agent })),
    listLiveRuns: async () => [],
    listExpiredLeases: async () => (world.expired === true ? [buildLease()] : []),
  };
  const place = { root: '/p', aiFolder: '/p/.ai', currentBranch: 'main', isRepository: world.isRepository ?? true };
  const deps = { ...tools, place, store, host: 'here' } as unknown as AppDeps;
  return {
    nodeVersion: world.node ?? '20.20.2',
    place: { ok: true, value: place },
    settings: { ok: true, value: DEFAULT_SETTINGS },
    deps: world.databaseError === undefined ? { ok: true, value: deps } : { ok: false, error: world.databaseError },
    backups: [],
    worktrees: () => [],
    tools,
  };
}

const find = (diagnosis: Diagnosis, name: string): Check | undefined => diagnosis.checks.find((check) => check.name === name);
const look = (world: World = {}): Promise<Diagnosis> => doctor(examination(world), { fix: false });

describe('ai doctor', () => {
  it('is content with a sound world', async () => {
    const diagnosis = await look();
    expect(diagnosis.healthy).toBe(true);
    expect(diagnosis.checks.every((check) => check.state === 'ok')).toBe(true);
  });

  it.each([
    ['18.20.0', 'problem'],
    ['20.18.9', 'problem'],
    ['20.19.0', 'ok'],
    ['24.0.0', 'ok'],
  ])('judges Node %s as %s', async (node, state) => {
    expect(find(await look({ node }), 'node')?.state).toBe(state);
  });

  it('needs git for a repository only, and a recent one', async () => {
    expect(find(await look({ git: { notFound: true, exitCode: 127 } }), 'git')?.state).toBe('problem');
    expect(find(await look({ git: { notFound: true, exitCode: 127 }, isRepository: false }), 'git')?.state).toBe('warning');
    expect(find(await look({ git: { stdout: 'git version 2.30.1 (Apple Git-130)' } }), 'git')).toMatchObject({ state: 'problem', message: 'git 2.30.1 is too old to land work.' });
  });

  it('sends what it can repair to --fix, and the rest to recovery', async () => {
    const problems = [{ check: 'open_dependency_counter', message: 'off by one', fixable: true }, { check: 'chain', message: 'broken at 7', fixable: false }];
    const diagnosis = await look({ problems });
    expect(diagnosis.healthy).toBe(false);
    expect(find(diagnosis, 'database: open_dependency_counter')?.steps).toEqual(['ai doctor --fix']);
    expect(find(diagnosis, 'database: chain')?.steps.join('\n')).toContain('cp -a /p/.ai /p/.ai-damaged');
  });

  it('repairs before it looks', async () => {
    const diagnosis = await doctor(examination({ problems: [{ check: 'parked', message: 'x', fixable: true }] }), { fix: true });
    expect(diagnosis).toMatchObject({ healthy: true, fixed: ['repaired parked'] });
  });

  it('tells of a database that can not be opened, and checks everything else', async () => {
    const diagnosis = await look({ databaseError: new AiError({ code: 'DATABASE_NEWER', message: 'Written by ai 9.', hint: 'Install a newer ai.' }) });
    expect(find(diagnosis, 'database')).toMatchObject({ state: 'problem', steps: ['Install a newer ai.'] });
    expect(diagnosis.checks.map((check) => check.name)).toEqual(['node', 'git', 'control plane', 'database', 'settings', 'agents']);
  });

  it('quotes folders with odd names in what is to be typed', async () => {
    const world = examination({ databaseError: new AiError({ code: 'DATABASE_CORRUPT', message: 'Damaged.' }) });
    const odd = { root: "/it's here", aiFolder: "/it's here/.ai", currentBranch: null, isRepository: false };
    const diagnosis = await doctor({ ...world, place: { ok: true, value: odd }, backups: ['/b/newest.db', '/b/older.db'] }, { fix: false });
    const steps = find(diagnosis, 'database')?.steps.join('\n');
    expect(steps).toContain(String.raw`cp -a '/it'\''s here/.ai' '/it'\''s here/.ai-damaged'`);
    expect(steps).toContain('cp /b/newest.db');
    expect(steps).not.toContain('older.db');
  });

  it('does without a control plane', async () => {
    const diagnosis = await doctor({ ...examination(), place: NOWHERE, deps: NOWHERE }, { fix: true });
    expect(find(diagnosis, 'control plane')).toMatchObject({ state: 'problem', steps: ['ai init'] });
    expect(find(diagnosis, 'settings')?.state).toBe('skipped');
  });

  it('tells of expired leases', async () => {
    expect(find(await look({ expired: true }), 'leftovers')).toMatchObject({ state: 'problem', steps: ['ai doctor --fix'] });
  });
});

describe('agents', () => {
  it.each([
    ['whose client is missing', { detection: { problem: 'not installed' } }, 'problem'],
    ['that is paused', { agents: [{ pausedReason: 'credentials' }] }, 'warning'],
    ['that is disabled', { agents: [{ enabled: false }], detection: { problem: 'not installed' } }, 'skipped'],
    ['that is ready', {}, 'ok'],
  ] as [string, World, string][])('one %s', async (_name, world, state) => {
    expect(find(await look(world), 'agent coder')?.state).toBe(state);
  });

  it('that are not there yet are looked for', async () => {
    expect(find(await look({ agents: [] }), 'agents')).toMatchObject({ state: 'warning', message: 'No agent is registered. Clients found: command 1.2.', steps: ['ai agent detect'] });
  });
});
