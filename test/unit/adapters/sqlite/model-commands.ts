import fc from 'fast-check';
import { expect } from 'vitest';
import { PRIORITIES, type Task } from '../../../../src/domain/task/task.js';
import type { NextState, TaskFields } from '../../../../src/domain/task/change.js';
import type { Store } from '../../../../src/ports/store.js';
import { change, claimRequest, create, failure, lock, newTask, taskId, token } from '../../../contract/store/builders.js';
import type { FakeClock } from '../../../contract/store/fake-clock.js';
import { PATTERNS, type Model, type ModelTask } from './model.js';

export interface Real {
  readonly store: Store;
  readonly clock: FakeClock;
}

export const TTL_MS = 100;

/** A step of a history. What it picks from the board is decided when it runs, by index. */
class Step implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #run: (model: Model, real: Real) => Promise<void>;

  constructor(name: string, run: (model: Model, real: Real) => Promise<void>) {
    this.#name = name;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#run(model, real);
    model.settle();
    await compare(model, real);
  }

  toString(): string {
    return this.#name;
  }
}

async function compare(model: Model, { store }: Real): Promise<void> {
  const page = await store.listTasks({ statuses: [], ready: false, labels: [], project: null, agent: null, parent: null }, { limit: 100, after: null });
  const seen = page.tasks.map((task) => ({
    name: task.id.slice(2), status: task.status, reason: task.blockedReason, token: task.lease?.token ?? null, open: task.blockedBy.map((dependency) => dependency.id.slice(2)).sort(),
    failures: task.failures, lost: task.lost, notBeforeMs: task.status === 'queued' ? due(task.notBeforeMs, model.nowMs) : null,
  }));
  const expected = model.all.reverse().map((task) => ({
    name: task.name, status: task.status, reason: task.reason, token: task.token, open: model.open(task).sort(),
    failures: task.failures, lost: task.lost, notBeforeMs: task.status === 'queued' ? due(task.notBeforeMs, model.nowMs) : null,
  }));
  expect(seen).toEqual(expected);
}

/** A due time that has passed may be stored or not. */
const due = (notBeforeMs: number | null, nowMs: number): number | null => (notBeforeMs !== null && notBeforeMs > nowMs ? notBeforeMs : null);

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(list.length, 1)];

async function apply(real: Real, target: ModelTask, order: { readonly next: NextState; readonly fields?: TaskFields }): Promise<Task> {
  return real.store.apply(change(await real.store.getTask(taskId(target.name)), order.next, { fields: order.fields ?? {} }));
}

function granted(model: Model, target: ModelTask, lease: { readonly token: number }): void {
  expect(lease.token).toBeGreaterThan(model.tokens.at(-1) ?? 0);
  model.tokens.push(lease.token);
  Object.assign(target, { status: 'claimed', token: lease.token, deadlineMs: model.nowMs + TTL_MS, notBeforeMs: null });
}

const createStep = (spec: { readonly priority: number; readonly gpu: boolean; readonly pattern: number | null; readonly deps: readonly number[] }): Step =>
  new Step(`create(${JSON.stringify(spec)})`, async (model, real) => {
    const name = model.nextNum().toString().padStart(6, '0');
    const dependsOn = [...new Set(spec.deps.flatMap((index) => pick(model.all, index)?.name ?? []))];
    const pattern = spec.pattern === null ? null : (pick(PATTERNS, spec.pattern) ?? null);
    const requires = spec.gpu ? ['gpu'] : [];
    await create(real.store, newTask(name, { priority: PRIORITIES[spec.priority]!, requires, dependsOn: dependsOn.map(taskId), locks: pattern === null ? [] : [lock(pattern)] }));
    model.tasks.set(name, { name, num: Number(name), priority: spec.priority, status: 'queued', reason: null, requires, dependsOn, pattern, notBeforeMs: null, failures: 0, lost: 0, token: null, deadlineMs: 0 });
  });

const claimNextStep = (gpu: boolean): Step =>
  new Step(`claimNext(${gpu ? 'gpu' : ''})`, async (model, real) => {
    const capabilities = gpu ? ['gpu'] : [];
    const expected = model.next(capabilities);
    const outcome = await real.store.claimNext(claimRequest({ capabilities, ttlMs: TTL_MS }));
    expect(outcome.kind === 'granted' ? outcome.task.id.slice(2) : null).toBe(expected?.name ?? null);
    if (outcome.kind === 'granted' && expected !== undefined) granted(model, expected, outcome.lease);
  });

const claimTaskStep = (index: number): Step =>
  new Step(`claimTask(${index})`, async (model, real) => {
    const target = pick(model.all, index);
    if (target === undefined) return;
    const outcome = await real.store.claimTask(taskId(target.name), claimRequest({ capabilities: ['gpu'], ttlMs: TTL_MS }));
    expect(outcome.kind).toBe(model.claimable(target, ['gpu']) ? 'granted' : 'refused');
    if (outcome.kind === 'granted') granted(model, target, outcome.lease);
  });

const heartbeatStep = (index: number, stale: boolean): Step =>
  new Step(`heartbeat(${index}${stale ? ', stale' : ''})`, async (model, real) => {
    const target = pick(stale ? model.all : model.held(), index);
    if (target === undefined) return;
    const call = real.store.heartbeat(taskId(target.name), token(stale ? (model.tokens.at(-1) ?? 0) + 1 : target.token!), null);
    if (stale) await failure('LEASE_STALE', call);
    else await call;
    if (!stale) target.deadlineMs = model.nowMs + TTL_MS;
  });

type Ending = 'done' | 'review' | 'failed' | 'retry' | 'release' | 'start';

const workStep = (index: number, ending: Ending): Step =>
  new Step(`${ending}(${index})`, async (model, real) => {
    const target = pick(model.held(), index);
    if (target === undefined) return;
    if (ending === 'start') {
      const task = await real.store.getTask(taskId(target.name));
      await real.store.apply(change(task, { status: 'running' }, { lease: 'keep' }));
      target.status = 'running';
      return;
    }
    const failures = target.failures + (ending === 'retry' || ending === 'failed' ? 1 : 0);
    const notBeforeMs = ending === 'retry' ? model.nowMs + 50 : null;
    const nexts: Record<Exclude<Ending, 'start'>, NextState> = {
      done: { status: 'done', finishedAtMs: 1 },
      review: { status: 'review', blockedReason: null },
      failed: { status: 'failed', finishedAtMs: 1 },
      retry: { status: 'queued', notBeforeMs },
      release: { status: 'queued', notBeforeMs },
    };
    await apply(real, target, { next: nexts[ending], fields: { failures } });
    Object.assign(target, { status: nexts[ending].status, token: null, failures, notBeforeMs });
  });

type Decision = 'cancelled' | 'skipped' | 'queued' | 'paused' | 'blocked' | 'unblocked';

const decideStep = (index: number, decision: Decision): Step =>
  new Step(`${decision}(${index})`, async (model, real) => {
    const target = pick(model.all.filter((task) => task.token === null), index);
    if (target === undefined) return;
    const nexts: Record<Decision, NextState> = {
      cancelled: { status: 'cancelled', finishedAtMs: 1 },
      skipped: { status: 'skipped', finishedAtMs: 1 },
      queued: { status: 'queued', notBeforeMs: null },
      paused: { status: 'paused', blockedReason: 'later' },
      blocked: { status: 'blocked', blockedReason: 'ask' },
      unblocked: { status: 'blocked', blockedReason: null },
    };
    const next = nexts[decision];
    await apply(real, target, { next });
    Object.assign(target, { status: next.status, reason: 'blockedReason' in next ? next.blockedReason : null, notBeforeMs: null });
  });

const dependStep = (index: number, deps: readonly number[]): Step =>
  new Step(`depend(${index}, ${deps.join()})`, async (model, real) => {
    const target = pick(model.all.filter((task) => task.token === null), index);
    if (target === undefined) return;
    const dependsOn = [...new Set(deps.flatMap((one) => pick(model.all, one)?.name ?? []))];
    const { revision } = await real.store.getTask(taskId(target.name));
    const call = real.store.editTask(taskId(target.name), revision, { dependsOn: dependsOn.map(taskId) });
    if (dependsOn.some((name) => model.reaches(name, target.name))) {
      await failure('DEPENDENCY_CYCLE', call);
      return;
    }
    await call;
    target.dependsOn = dependsOn;
  });

const editStep = (index: number, priority: number, pattern: number): Step =>
  new Step(`edit(${index}, ${priority}, ${pattern})`, async (model, real) => {
    const target = pick(model.all.filter((task) => task.token === null), index);
    if (target === undefined) return;
    const chosen = pick(PATTERNS, pattern)!;
    const { revision } = await real.store.getTask(taskId(target.name));
    await real.store.editTask(taskId(target.name), revision, { priority: PRIORITIES[priority]!, locks: [lock(chosen)] });
    Object.assign(target, { priority, pattern: chosen });
  });

const deleteStep = (index: number): Step =>
  new Step(`delete(${index})`, async (model, real) => {
    const target = pick(model.all, index);
    if (target === undefined) return;
    const call = real.store.deleteTask(taskId(target.name));
    if (target.token !== null) await failure('ILLEGAL_TRANSITION', call);
    else if (model.dependents(target.name).length > 0) await failure('HAS_DEPENDENTS', call);
    else await call.then(() => model.tasks.delete(target.name));
  });

/** Time passes; whoever has expired is swept as lost. */
const expireStep = (ms: number): Step =>
  new Step(`expire(${ms})`, async (model, real) => {
    real.clock.advance(ms);
    model.nowMs += ms;
    const expired = model.held().filter((task) => model.nowMs > task.deadlineMs);
    const leases = await real.store.listExpiredLeases(99);
    expect(leases.map((lease) => lease.taskId.slice(2)).sort()).toEqual(expired.map((task) => task.name).sort());
    for (const target of expired) {
      await apply(real, target, { next: { status: 'queued', notBeforeMs: null }, fields: { lost: target.lost + 1 } });
      Object.assign(target, { status: 'queued', token: null, lost: target.lost + 1, notBeforeMs: null });
    }
  });

const index = fc.nat({ max: 30 });

/** Histories of a board: claims are frequent enough that most tasks get somewhere. */
export function histories(size: number): fc.Arbitrary<Iterable<fc.AsyncCommand<Model, Real>>> {
  const deps = fc.array(index, { maxLength: 3 });
  const spec = fc.record({ priority: fc.nat({ max: 3 }), gpu: fc.boolean(), pattern: fc.option(index), deps });
  return fc.commands(
    [
      spec.map(createStep),
      spec.map(createStep),
      fc.boolean().map(claimNextStep),
      fc.boolean().map(claimNextStep),
      index.map(claimTaskStep),
      fc.tuple(index, fc.boolean()).map(([at, stale]) => heartbeatStep(at, stale)),
      fc.tuple(index, fc.constantFrom<Ending>('done', 'review', 'failed', 'retry', 'release', 'start')).map(([at, ending]) => workStep(at, ending)),
      fc.tuple(index, fc.constantFrom<Decision>('cancelled', 'skipped', 'queued', 'paused', 'blocked', 'unblocked')).map(([at, decision]) => decideStep(at, decision)),
      fc.tuple(index, deps).map(([at, chosen]) => dependStep(at, chosen)),
      fc.tuple(index, fc.nat({ max: 3 }), index).map(([at, priority, pattern]) => editStep(at, priority, pattern)),
      index.map(deleteStep),
      fc.integer({ min: 1, max: 150 }).map(expireStep),
    ],
    { maxCommands: size },
  );
}
