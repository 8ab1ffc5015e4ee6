import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentSpec } from '../../../src/domain/agent/agent.js';
import type { Store } from '../../../src/ports/store.js';
import { agentId, change, claim, create, failure, newTask, runId, runIntent } from './builders.js';
import { storeFactories, type StoreFixture } from './factory.js';

const coder: AgentSpec = { id: agentId('coder'), connector: 'command', role: 'coder', model: 'm-1', labels: ['fast'], capabilities: ['ts', 'gpu'], concurrency: 2, argv: ['./run.sh', '--x y'], env: ['API_KEY'] };

describe.each(storeFactories)('AgentStore of $name', (factory) => {
  let fixture: StoreFixture;
  let store: Store;
  beforeEach(async () => {
    fixture = await factory.create();
    store = fixture.store;
  });
  afterEach(async () => {
    expect(await store.checkConsistency()).toEqual([]);
    await fixture.dispose();
  });

  test('an agent comes back as it was registered, enabled', async () => {
    const agent = await store.registerAgent(coder);
    expect(agent).toEqual({ ...coder, enabled: true, pausedReason: null, createdAtMs: fixture.clock.wallMs, updatedAtMs: fixture.clock.wallMs });
    expect(await store.getAgent(coder.id)).toEqual(agent);
  });

  test('a name is given once', async () => {
    await store.registerAgent(coder);
    await failure('ALREADY_EXISTS', store.registerAgent({ ...coder, model: 'm-2' }));
    expect(await store.getAgent(coder.id)).toMatchObject({ model: 'm-1' });
  });

  test('an update replaces what is given', async () => {
    await store.registerAgent(coder);
    fixture.clock.advance(9);
    const paused = await store.updateAgent(coder.id, { enabled: false, pausedReason: 'auth', labels: [], model: null });
    expect(paused).toEqual({ ...coder, enabled: false, pausedReason: 'auth', labels: [], model: null, createdAtMs: fixture.clock.wallMs - 9, updatedAtMs: fixture.clock.wallMs });
    expect(await store.updateAgent(coder.id, { pausedReason: null })).toMatchObject({ pausedReason: null, enabled: false });
    await failure('AGENT_NOT_FOUND', store.updateAgent(agentId('nobody'), { enabled: true }));
  });

  test('agents are listed by name', async () => {
    await store.registerAgent(coder);
    await store.registerAgent({ ...coder, id: agentId('alpha') });
    expect((await store.listAgents()).map((agent) => agent.id)).toEqual(['alpha', 'coder']);
  });

  test('an agent with live runs stays', async () => {
    await store.registerAgent(coder);
    await create(store, newTask('00000a'));
    const { task } = await claim(store, '00000a', { run: runIntent('000001') });
    expect((await failure('ILLEGAL_TRANSITION', store.removeAgent(coder.id))).details).toMatchObject({ liveRuns: 1 });
    await store.apply(change(task, { status: 'queued', notBeforeMs: null }, { run: { id: runId('000001'), patch: { phase: 'ended', outcome: 'failed', finishedAtMs: 1 } } }));
    await store.removeAgent(coder.id);
    await failure('AGENT_NOT_FOUND', store.getAgent(coder.id));
    await failure('AGENT_NOT_FOUND', store.removeAgent(coder.id));
  });

  test('every change of an agent is an event', async () => {
    await store.registerAgent(coder);
    await store.updateAgent(coder.id, { enabled: false });
    await store.removeAgent(coder.id);
    const events = await store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 9);
    expect(events.map((event) => event.type)).toEqual(['agent.registered', 'agent.updated', 'agent.removed']);
    expect(events[1]?.data).toEqual({ id: 'coder', edit: { enabled: false } });
  });
});
