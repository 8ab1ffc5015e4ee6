// Claims per second at 1,000, 100,000 and 1,000,000 tasks, in one process and in eight.
//   node bench/store-claim.mjs [tasks...]
import { spawn } from 'node:child_process';
import Database from 'better-sqlite3';
import path from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { measure, print, storeOptions, summary, withFolder } from './support/measure.mjs';
import { insertTasks } from './support/many-tasks.mjs';
import { bundleStore } from './support/store-bundle.mjs';

const CLAIMS = 10_000;
/** Claims before the first that counts: a process that claims for hours is not measured by its first tenth of a second. */
const WARM_UP = 4_000;
const PROCESSES = 8;
const request = { holder: 'bench', ttlMs: 600_000, capabilities: [], run: null };

async function claims(openStore, file, count) {
  const store = openStore(storeOptions(file));
  const claim = async () => {
    const outcome = await store.claimNext(request);
    if (outcome.kind !== 'granted') throw new Error(`not granted: ${outcome.kind}`);
  };
  for (let index = 0; index < WARM_UP; index += 1) await claim();
  const figures = await measure(count, claim);
  store.close();
  return figures;
}

/** What this machine takes for the least that a durable claim can be: seven one-row statements and one commit, without any checks. */
async function bareCommits(file, count) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE task(id INTEGER PRIMARY KEY, status TEXT, at INTEGER, pad TEXT) STRICT; CREATE TABLE log(seq INTEGER PRIMARY KEY, task INTEGER, data TEXT) STRICT; CREATE INDEX log_task ON log(task, seq);');
  const insert = database.prepare("INSERT INTO task VALUES (?, 'queued', 0, ?)");
  database.transaction(() => { for (let id = 1; id <= 2 * CLAIMS; id += 1) insert.run(id, 'x'.repeat(200)); })();
  const update = database.prepare("UPDATE task SET status = 'claimed', at = ? WHERE id = ?");
  const append = database.prepare('INSERT INTO log(task, data) VALUES (?, ?)');
  let id = 0;
  const commit = database.transaction(() => {
    id += 1;
    update.run(Date.now(), id);
    for (let row = 0; row < 6; row += 1) append.run(id, 'x'.repeat(100));
  });
  const figures = await measure(count, async () => commit.immediate());
  database.close();
  return figures;
}

/** One of the eight: claims until its share is done, and prints its times. */
async function child(bundle, file, count) {
  const { openStore } = await import(bundle);
  const store = openStore(storeOptions(file));
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const times = [];
  const tasks = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    const outcome = await store.claimNext(request);
    times.push(performance.now() - start);
    tasks.push(outcome.task.id);
  }
  store.close();
  process.stdout.write(`${JSON.stringify({ times, tasks })}\n`);
  process.stdin.destroy();
}

async function competing(bundle, file, count) {
  const share = Math.floor(count / PROCESSES);
  const children = Array.from({ length: PROCESSES }, () => spawn(process.execPath, [fileURLToPath(import.meta.url), '--child', bundle, file, String(share)], { stdio: ['pipe', 'pipe', 'inherit'] }));
  const outputs = children.map((one) => {
    const state = { text: '', ready: null };
    state.ready = new Promise((resolve) => one.stdout.on('data', (chunk) => { state.text += chunk; resolve(); }));
    return state;
  });
  await Promise.all(outputs.map((output) => output.ready));
  const began = performance.now();
  const closed = children.map((one) => once(one, 'close'));
  for (const one of children) one.stdin.end('go\n');
  await Promise.all(closed);
  const elapsed = performance.now() - began;
  const results = outputs.map((output) => JSON.parse(output.text.split('\n')[1]));
  const tasks = results.flatMap((result) => result.tasks);
  const figures = summary(results.flatMap((result) => result.times), elapsed);
  return { ...figures, doubleClaims: tasks.length - new Set(tasks).size };
}

if (process.argv[2] === '--child') {
  await child(process.argv[3], process.argv[4], Number(process.argv[5]));
} else {
  const sizes = process.argv.slice(2).map(Number);
  const { file: bundle, dispose } = await bundleStore();
  const { openStore } = await import(bundle);
  try {
    await withFolder(async (folder) => print('bare commits of seven rows', await bareCommits(path.join(folder, 'bare.db'), CLAIMS)));
    for (const size of sizes.length > 0 ? sizes : [1_000, 100_000, 1_000_000]) {
      await withFolder(async (folder) => {
        const file = path.join(folder, 'state.db');
        openStore(storeOptions(file)).close();
        // A small board is filled up to the number of claims, so that there is always something to claim.
        insertTasks(file, { tasks: size, minimum: Math.max(size, 2 * CLAIMS) });
        print(`claim, ${size.toLocaleString('en')} tasks, 1 process`, await claims(openStore, file, Math.min(CLAIMS - WARM_UP, Math.max(size, 5_000))));
        print(`claim, ${size.toLocaleString('en')} tasks, ${PROCESSES} processes`, await competing(bundle, file, Math.min(CLAIMS, size)));
      });
    }
  } finally {
    await dispose();
  }
}
