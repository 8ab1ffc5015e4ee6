import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../../../../src/ports/store.js';
import { anyDecision, approvalId, approve, asking, spending } from '../../../../contract/store/policy-builders.js';
import { create, newTask } from '../../../../contract/store/builders.js';
import { Board } from '../board.js';
import { bundleStore, type StoreBundle } from '../bundle-store.js';

let bundle: StoreBundle;
let board: Board;
let store: Store;
beforeAll(async () => {
  bundle = await bundleStore();
});
afterAll(() => bundle.dispose());
beforeEach(() => {
  board = new Board();
  store = board.store();
});
afterEach(() => board.dispose());

const PROCESSES = 4;
const WORKER = `
  const { openStore } = await import(process.argv[1]);
  const clock = { now: () => ({ wallMs: 1_800_000_000_001, monoMs: 1, bootId: 'boot-1' }) };
  const store = openStore({ file: process.argv[2], clock, actor: 'user:x', host: 'h', create: false, trace: () => {} });
  process.stdout.write('ready\\n');
  for await (const line of process.stdin) {
    const answers = [];
    for (const { call, args } of JSON.parse(String(line))) answers.push(await store[call](...args).then((value) => value, (error) => ({ code: error.code ?? String(error) })));
    process.stdout.write(JSON.stringify(answers) + '\\n');
    break;
  }
  store.close();
`;

interface Call {
  readonly call: keyof Store;
  readonly args: readonly unknown[];
}

/** Every process gets its own list of calls, and all begin when all are there. */
async function race(lists: readonly (readonly Call[])[]): Promise<Record<string, unknown>[][]> {
  const children = lists.map(() => spawn(process.execPath, ['--input-type=module', '-e', WORKER, bundle.file, board.file], { stdio: ['pipe', 'pipe', 'inherit'] }));
  try {
    const texts = children.map((): string[] => []);
    children.forEach((child, index) => child.stdout.on('data', (chunk) => texts[index]!.push(String(chunk))));
    await Promise.all(children.map(async (child) => once(child.stdout, 'data')));
    const exits = children.map(async (child) => once(child, 'exit'));
    children.forEach((child, index) => child.stdin.end(`${JSON.stringify(lists[index])}\n`));
    await Promise.all(exits);
    return texts.map((parts) => JSON.parse(parts.join('').slice('ready\n'.length)) as Record<string, unknown>[]);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

test('processes that spend the same approvals at once: each is spent by exactly one, and the others leave nothing', async () => {
  const count = 25;
  for (let index = 0; index < count; index += 1) {
    await store.recordDecision(asking(index));
    await store.voteOnApproval(approvalId(index), approve('user:bob'));
  }
  const approvals = Array.from({ length: count }, (_, index) => index);
  const answers = await race(Array.from({ length: PROCESSES }, (_, worker) => approvals.map((index) => ({ call: 'recordDecision', args: [spending(`${worker}x${index}`, approvalId(index))] }))));
  for (const index of approvals) {
    const winners = answers.flatMap((list, worker) => (list[index]?.['id'] === undefined ? [] : [worker]));
    expect(winners).toHaveLength(1);
    expect(answers.filter((list) => list[index]?.['code'] === 'APPROVAL_SPENT')).toHaveLength(PROCESSES - 1);
    expect(await store.getApproval(approvalId(index))).toMatchObject({ status: 'spent', spentBy: answers[winners[0]!]![index]!['id'] });
  }
  expect(await store.listDecisions({ ...anyDecision, effect: 'allow' }, { limit: 999, before: null })).toHaveLength(count);
  expect((await store.listEvents({ sinceSeq: 0, task: null, run: null, types: ['approval.spent'] }, 999)).length).toBe(count);
  expect(await store.checkConsistency()).toEqual([]);
}, 60_000);

test('processes that claim against the same day never pass its limit together', async () => {
  await create(store, ...Array.from({ length: 60 }, (_, index) => newTask(`x${String(index).padStart(5, '0')}`)));
  const claimNext: Call = { call: 'claimNext', args: [{ holder: 'w', ttlMs: 60_000, capabilities: [], run: null, budget: { day: '2027-01-15', dayLimitMicros: 100, reserveMicros: 7 } }] };
  const answers = await race(Array.from({ length: PROCESSES }, () => Array.from({ length: 10 }, () => claimNext)));
  expect(answers.flat().filter((answer) => answer['kind'] === 'granted')).toHaveLength(14);
  expect(answers.flat().filter((answer) => answer['kind'] === 'budget')).toHaveLength(PROCESSES * 10 - 14);
  expect([await store.dayUsage('2027-01-15'), await store.checkConsistency()]).toEqual([{ reservedMicros: 98, settledMicros: 0 }, []]);
}, 60_000);
