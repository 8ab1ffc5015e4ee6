import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CACHED_POLICIES, CHECKPOINT_PAGE } from '../../../../../src/ports/checkpoint-store.js';
import { ACTIVE_OVERRIDES_LIMIT, LISTED_OVERRIDES_LIMIT, type NewOverride } from '../../../../../src/ports/override-store.js';
import type { Store } from '../../../../../src/ports/store.js';
import { failure } from '../../../../contract/store/builders.js';
import { newDecision, NOW, sha256 } from '../../../../contract/store/policy-builders.js';
import { Board } from '../board.js';

let board: Board;
let store: Store;
let raw: Database.Database;
beforeEach(() => {
  board = new Board();
  store = board.store();
  raw = board.raw();
});
afterEach(() => board.dispose());

/** Puts many rows there in one statement, with their number as `n`. */
const fill = (into: string, select: string, count: number): unknown => raw.exec(`WITH RECURSIVE count(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < ${count - 1}) INSERT INTO ${into} SELECT ${select} FROM count`);

const override = (id: string): NewOverride => ({ id, rule: 'r', layer: 'task', reason: 'x', expiresAtMs: NOW + 1_000, by: 'user:ann', at: 'command line', scope: { agent: null, task: null } });

test('so many overrides are in force at most; one that was revoked makes room', async () => {
  fill('policy_override(id, rule, layer, reason, source, given_by, added_at, expires_at)', `printf('o-%06d', n), 'r', 'task', 'x', 'y', 'user:ann', 1, ${NOW + 1}`, ACTIVE_OVERRIDES_LIMIT);
  expect((await failure('OVERRIDE_REFUSED', store.addOverride(override('o-aaaaaa')))).details).toMatchObject({ active: ACTIVE_OVERRIDES_LIMIT });
  await store.revokeOverride('o-000007', 'user:ann');
  await store.addOverride(override('o-aaaaaa'));
  expect(await store.listOverrides({ activeAtMs: NOW })).toHaveLength(ACTIVE_OVERRIDES_LIMIT);
  expect((await store.listOverrides({ activeAtMs: null })).length).toBe(LISTED_OVERRIDES_LIMIT);
});

test('a list of checkpoints is a page', async () => {
  fill('checkpoint(size, root, note, at, reason)', `n, '${sha256('r')}', 'note', n, 'events'`, CHECKPOINT_PAGE + 1);
  expect((await store.listCheckpoints(0)).at(-1)?.size).toBe(CHECKPOINT_PAGE - 1);
  expect(await store.listCheckpoints(CHECKPOINT_PAGE)).toHaveLength(1);
});

test('the newest policies are kept, however often one is put there anew', async () => {
  fill('policy_revision(key, text, sha256)', `'k' || n, 'text', '${sha256('text')}'`, CACHED_POLICIES);
  await store.cachePolicy('k0', 'another');
  expect(await store.cachedPolicy('k1')).toBe('text');
  await store.cachePolicy('new', 'x');
  expect([await store.cachedPolicy('k0'), await store.cachedPolicy('k1'), await store.cachedPolicy('k2')]).toEqual(['another', undefined, 'text']);
  expect(raw.prepare('SELECT count(*) FROM policy_revision').pluck().get()).toBe(CACHED_POLICIES);
});

test('a decision writes as many rows with a long history as with a short one', async () => {
  const rowsWritten = async (history: number): Promise<number> => {
    raw.exec(`INSERT OR IGNORE INTO decision_body(sha256, text) SELECT '${sha256('x')}', 'x' WHERE NOT EXISTS (SELECT 1 FROM decision_body WHERE sha256 = '${sha256('x')}')`);
    const body = `'${sha256('x')}', '${sha256('x')}', 'y', '${sha256('y')}'`;
    fill('decision(id, at, point, effect, mode, code, task, run, policy, input, body, body_sha256)', `printf('d-h%09d', n + ${history}), n, 'command.run', 'allow', 'enforce', 'default', 't-a', 'r-a', ${body}`, history);
    const own = board.store();
    const spy = vi.spyOn(Database.prototype, 'prepare');
    await own.recordDecision(newDecision(`warm${history}`));
    const database = spy.mock.contexts.at(-1) as Database.Database;
    spy.mockRestore();
    const total = (): number => Number(database.prepare('SELECT total_changes()').pluck().get());
    const before = total();
    await own.recordDecision(newDecision(history, { subject: { task: 't-a', run: 'r-a' } }));
    return total() - before;
  };
  const few = await rowsWritten(3);
  // The request, the record, the event and the head of the chain.
  expect([few, await rowsWritten(20_000)]).toEqual([4, 4]);
});
