// What grows with the board and what does not: finishing in a large graph, lists, counters, locks, the record.
//   node bench/store-scale.mjs
import path from 'node:path';
import { measure, print, storeOptions, withFolder } from './support/measure.mjs';
import { insertTasks, taskId } from './support/many-tasks.mjs';
import { bundleStore, Database } from './support/store-bundle.mjs';

const request = { holder: 'bench', ttlMs: 600_000, capabilities: [], run: null };
const everything = { statuses: [], ready: false, labels: [], project: null, agent: null, parent: null };
const { file: bundle, dispose } = await bundleStore();
const { openStore } = await import(bundle);

/** Numbers that look random and are the same each time. */
function sequence(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 7) % below;
  };
}

function finishing(task) {
  const event = { type: 'task.completed', task: task.id, run: null, token: task.lease?.token ?? null, data: {} };
  return { taskId: task.id, expectedRevision: task.revision, token: task.lease?.token ?? null, next: { status: 'done', finishedAtMs: Date.now() }, lease: 'release', fields: { progress: 100 }, run: null, event };
}

function newTask(id, more = {}) {
  return {
    id, title: `Task ${id}`, description: 'Do it.', type: 'task', priority: 'medium', labels: [], requires: [], skills: [], agent: null, project: null, parent: null, dependsOn: [], locks: [],
    verify: [], isolation: 'worktree', timeoutMs: null, budgetUsd: null, maxAttempts: 3, targetBranch: null, ...more,
  };
}

async function board(name, fill, work) {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'state.db');
    openStore(storeOptions(file)).close();
    fill(file);
    const store = openStore(storeOptions(file));
    await work(store, file);
    store.close();
  });
}

await board('graph', (file) => {
  const random = sequence(7);
  // Three edges each to the 20,000 tasks before, so that those in front get fifteen dependents and more.
  insertTasks(file, { tasks: 100_000, lockEvery: 0, edgesOf: (index) => (index < 1_000 ? [] : [...new Set([random(index), random(index), random(index)])]) });
}, async (store) => {
  print('finish one of 100,000 tasks (300,000 edges)', await measure(1_000, async (index) => store.apply(finishing(await store.getTask(taskId(index))))));
  print('list a page of 50 of 100,000', await measure(200, (index) => store.listTasks(everything, { limit: 50, after: 100_000 - index * 50 })));
  print('list a page of 1,000 of 100,000', await measure(20, (index) => store.listTasks(everything, { limit: 1_000, after: 100_000 - index * 1_000 })));
  print('list 50 blocked or done of 100,000', await measure(200, () => store.listTasks({ ...everything, statuses: ['blocked', 'done'] }, { limit: 50, after: null })));
  print('show one task', await measure(2_000, (index) => store.getTask(taskId(index * 7))));
  let next = 0;
  print('create one task with three dependencies', await measure(1_000, async () => {
    next += 1;
    await store.createTasks({ tasks: [newTask(`t-n${next}`, { dependsOn: [taskId(next), taskId(next * 2), taskId(next * 3)] })], idempotencyKey: null, inputDigest: '' });
  }));
  print('graph around one task, 2,000 nodes', await measure(10, (index) => store.graph(taskId(50_000 + index), 2_000)));
});

await board('fan-out', (file) => insertTasks(file, { tasks: 10_001, lockEvery: 0, edgesOf: (index) => (index === 0 ? [] : [0]) }), async (store) => {
  print('finish one task with 10,000 dependents', await measure(1, async () => store.apply(finishing(await store.getTask(taskId(0))))));
  print('verify the record (events per second)', await verified(store));
});

async function verified(store) {
  for (let index = 0; index < 200; index += 1) await store.appendEvent({ type: 'note.made', task: null, run: null, token: null, data: { index } });
  const start = performance.now();
  const verdict = await store.verifyChain();
  return { events: verdict.events, ok: verdict.ok, perSecond: Math.round(verdict.events / ((performance.now() - start) / 1000)) };
}

await board('chain', (file) => insertTasks(file, { tasks: 100_000, lockEvery: 0, edgesOf: (index) => (index === 0 ? [] : [index - 1]) }), async (store) => {
  await store.createTasks({ tasks: [newTask('t-side')], idempotencyKey: null, inputDigest: '' });
  print('append to a chain 100,000 deep', await measure(20, (index) => store.createTasks({ tasks: [newTask(`t-a${index}`, { dependsOn: [index === 0 ? taskId(99_999) : `t-a${index - 1}`] })], idempotencyKey: null, inputDigest: '' })));
  const edit = async (id, dependsOn) => store.editTask(id, (await store.getTask(id)).revision, { dependsOn });
  print('add an edge at the end of the chain', await measure(1, () => edit('t-side', [taskId(99_999)])));
  print('refuse the edge that closes the chain', await measure(1, () => edit(taskId(0), [taskId(99_999)]).then(() => { throw new Error('accepted'); }, () => undefined)));
});

await board('history', (file) => {
  insertTasks(file, { tasks: 1_000_000, status: 'done', lockEvery: 0 });
  insertTasks(file, { tasks: 1_000, from: 1_000_000 });
}, async (store, file) => {
  print('count by status, 1,000,000 finished', await measure(1_000, () => store.countByStatus()));
  print('count ready, 1,000 of 1,001,000', await measure(200, () => store.countReady()));
  print('list 50 queued, 1,000,000 finished', await measure(200, () => store.listTasks({ ...everything, statuses: ['queued'] }, { limit: 50, after: null })));
  print('list expired leases (none)', await measure(1_000, () => store.listExpiredLeases(100)));
  print('claim behind 1,000,000 finished', await measure(500, () => store.claimNext(request)));
  print('open, read one task, close', await measure(100, async () => {
    const cold = openStore(storeOptions(file));
    await cold.getTask(taskId(1_000_001));
    cold.close();
  }));
  const one = (await store.listLeases())[0];
  print('heartbeat', await measure(1_000, (index) => store.heartbeat(one.taskId, one.token, 60_000 + index)));
});

await board('locks', (file) => insertTasks(file, { tasks: 3_000 }), async (store) => {
  for (let index = 0; index < 1_000; index += 1) await store.claimNext(request);
  print('claim with 1,000 locks held', await measure(500, () => store.claimNext(request)));
  print('conflicts of one pattern with 1,500 locks', await measure(500, (index) => store.findLockConflicts([{ pattern: `src/module-${index}/deep/*.ts`, mode: 'exclusive' }], 5)));
  print('conflicts of src/**/x.ts with 1,500 locks', await measure(20, () => store.findLockConflicts([{ pattern: 'src/**/x.ts', mode: 'exclusive' }], 5)));
});

await board('hot lock', (file) => {
  insertTasks(file, { tasks: 1_001, lockEvery: 0 });
  const database = new Database(file);
  database.exec("INSERT INTO task_lock SELECT num, 0, 'package.json', 'exclusive', 'package.json' FROM task");
  database.close();
}, async (store) => {
  let held = await store.claimNext(request);
  print('claim that parks 1,000 behind one lock', await measure(1, () => store.claimNext(request)));
  print('release and claim the next of 1,000 waiting', await measure(20, async () => {
    await store.apply(finishing(held.task));
    held = await store.claimNext(request);
    await store.claimNext(request);
  }));
});

await dispose();
