import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../../../src/ports/store.js';
import { change, create, lock, newTask, taskId } from '../../../contract/store/builders.js';
import { Board } from './board.js';
import { bundleStore, type StoreBundle } from './bundle-store.js';

const WORKER = path.resolve('test/fixtures/programs/store-worker.mjs');

interface Finished {
  readonly done: { readonly done: string; readonly token: number }[];
  readonly errors: readonly unknown[] | null;
  readonly signal: NodeJS.Signals | null;
}

let bundle: StoreBundle;
let board: Board;
let store: Store;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  bundle = await bundleStore();
});
afterAll(() => bundle.dispose());
beforeEach(() => {
  board = new Board();
  store = board.store();
});
afterEach(async () => {
  await Promise.all([...children].map((child) => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    return exit;
  }));
  board.dispose();
});

/** Runs a worker to its end. `killAfter`: SIGKILL from outside once it has printed so many lines. */
async function work(name: string, options: { readonly step?: string; readonly count?: number; readonly killAfter?: number } = {}): Promise<Finished> {
  const child = spawn(process.execPath, [WORKER, bundle.file, board.file, name, options.step ?? '', String(options.count ?? 0)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue;
    lines.push(JSON.parse(line) as Record<string, unknown>);
    if (lines.length === options.killAfter) child.kill('SIGKILL');
  }
  const [, signal] = await exit;
  children.delete(child);
  const last = lines.find((line) => 'errors' in line);
  return { done: lines.filter((line) => 'done' in line) as never, errors: (last?.['errors'] as unknown[] | undefined) ?? null, signal };
}

const OPENER = `
  const { openStore } = await import(process.argv[1]);
  const clock = { now: () => ({ wallMs: 1, monoMs: 1, bootId: 'boot' }) };
  const store = openStore({ file: process.argv[2], clock, actor: 'user:x', host: 'h', create: true, trace: () => {} });
  await store.appendEvent({ type: 'opened.once', task: null, run: null, token: null, data: {} });
  store.close();
`;

test('processes that create the database at the same time all get the same one', async () => {
  const file = path.join(board.folder, 'fresh.db');
  const codes = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', OPENER, bundle.file, file], { stdio: ['ignore', 'ignore', 'inherit'] });
      children.add(child);
      const [code] = (await once(child, 'exit')) as [number | null];
      children.delete(child);
      return code;
    }),
  );
  expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
  const fresh = board.store({ file, create: false });
  expect(await fresh.headSeq()).toBe(6);
  expect(await fresh.checkConsistency()).toEqual([]);
});

/** Tasks with overlapping locks and a web of dependencies. */
async function fill(count: number): Promise<string[]> {
  const id = (index: number): string => index.toString().padStart(6, '0');
  const tasks = Array.from({ length: count }, (_, index) =>
    newTask(id(index), {
      dependsOn: index > 20 && index % 3 === 0 ? [taskId(id(index - 7)), taskId(id(index - 20))] : [],
      locks: index % 2 === 0 ? [lock(`src/m${index % 13}/**`), lock('package.json', 'shared')] : index % 25 === 1 ? [lock('src/**')] : [],
    }),
  );
  await create(store, ...tasks);
  return tasks.map((task) => task.id);
}

async function expectEachDoneOnce(tasks: readonly string[]): Promise<void> {
  expect(await store.countByStatus()).toMatchObject({ done: tasks.length });
  const completed = await store.listEvents({ sinceSeq: 0, task: null, run: null, types: ['task.completed'] }, tasks.length + 1);
  expect(completed.map((event) => event.task).sort()).toEqual([...tasks].sort());
  expect(await store.listLocks()).toEqual([]);
  expect(await store.checkConsistency()).toEqual([]);
}

test('eight processes work off a board: every task once, growing tokens, no error for anybody', async () => {
  const tasks = await fill(240);
  const results = await Promise.all(Array.from({ length: 8 }, (_, index) => work(`w${index}`)));
  expect(results.flatMap((result) => result.errors ?? ['no end'])).toEqual([]);
  const done = results.flatMap((result) => result.done);
  expect(new Set(done.map((one) => one.token)).size).toBe(tasks.length);
  for (const result of results) expect(result.done.map((one) => one.token)).toEqual(result.done.map((one) => one.token).sort((a, b) => a - b));
  await expectEachDoneOnce(tasks);
}, 180_000);

/** What the next command does for a worker that is gone. */
async function sweep(holder: string): Promise<void> {
  for (const lease of await store.listLeases()) {
    if (lease.holder !== holder) continue;
    const task = await store.getTask(lease.taskId);
    await store.apply(change(task, { status: 'queued', notBeforeMs: null }, { fields: { lost: task.lost + 1 } }));
  }
}

test('workers killed around every commit leave a board that is whole, and no task undone or done twice', async () => {
  const tasks = await fill(150);
  const operations = ['claim', 'heartbeat', 'apply'].flatMap((operation) => ['begin', 'commit', 'committed'].map((step) => `store.${operation}.${step}`));
  for (const [index, step] of operations.entries()) {
    const name = `k${index}`;
    const { signal } = await work(name, { step, count: 1 + (index % 3) });
    expect(signal).toBe('SIGKILL');
    expect(await store.checkConsistency()).toEqual([]);
    await sweep(name);
  }
  const bystander = work('bystander');
  for (let index = 0; index < 6; index += 1) {
    const name = `r${index}`;
    await work(name, { killAfter: 1 + ((index * 5) % 4) });
    expect(await store.checkConsistency()).toEqual([]);
    await sweep(name);
  }
  expect((await bystander).errors).toEqual([]);
  expect((await work('last')).errors).toEqual([]);
  await expectEachDoneOnce(tasks);
}, 180_000);
