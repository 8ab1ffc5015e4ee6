import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChainVerdict } from '../../../../src/ports/event-log.js';
import type { Store } from '../../../../src/ports/store.js';
import { Board } from './board.js';

const EVENTS = 12;

let board: Board;
let store: Store;
beforeEach(async () => {
  board = new Board();
  store = board.store();
  for (let index = 1; index <= EVENTS; index += 1) await store.appendEvent({ type: 'note.made', task: 't-00000a', run: null, token: index, data: { index, text: `note ${index}` } });
});
afterEach(() => board.dispose());

/** Somebody with a database tool and write access to the file. */
function tamper(sql: string, ...params: unknown[]): void {
  const database = board.raw();
  database.exec('DROP TRIGGER IF EXISTS event_unchanged; DROP TRIGGER IF EXISTS event_kept');
  database.prepare(sql).run(...params);
  database.close();
}

async function broken(): Promise<Extract<ChainVerdict, { ok: false }>> {
  const verdict = await store.verifyChain();
  if (verdict.ok) throw new Error('the chain counts as whole');
  expect(await store.checkConsistency()).toMatchObject([{ check: 'event_chain', fixable: false }]);
  return verdict;
}

test('the database itself refuses to change or delete an event', () => {
  const database = board.raw();
  for (const sql of ["UPDATE event SET actor = 'me' WHERE seq = 3", 'DELETE FROM event WHERE seq = 3', 'INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 3']) {
    expect(() => database.exec(sql)).toThrow('append-only');
  }
});

test.each([
  ['type', 'note.lost'],
  ['actor', 'user:eve'],
  ['task', 't-00000b'],
  ['run', 'r-000001'],
  ['token', 99],
  ['at', 1],
  ['data', '{"index":5,"text":"other"}'],
  ['data', '{"index":5, "text":"note 5"}'],
  ['data', 'no json'],
  ['hash', '0'.repeat(64)],
])('an edited %s is found at its event', async (column, value) => {
  tamper(`UPDATE event SET ${column} = ? WHERE seq = 5`, value);
  expect(await broken()).toMatchObject({ events: 4, firstBadSeq: 5, problem: expect.stringContaining('was edited') as string });
});

test('any flipped bit of any column is found', async () => {
  const columns = ['actor', 'type', 'task', 'data', 'prev', 'hash'];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: EVENTS }), fc.constantFrom(...columns), fc.nat(), fc.integer({ min: 0, max: 6 }), async (seq, column, position, bit) => {
      const database = board.raw();
      const original = String(database.prepare(`SELECT ${column} FROM event WHERE seq = ?`).pluck().get(seq));
      const at = position % original.length;
      const flipped = original.slice(0, at) + String.fromCharCode(original.charCodeAt(at) ^ (1 << bit)) + original.slice(at + 1);
      tamper(`UPDATE event SET ${column} = ? WHERE seq = ?`, flipped, seq);
      const verdict = await store.verifyChain();
      tamper(`UPDATE event SET ${column} = ? WHERE seq = ?`, original, seq);
      expect(verdict).toMatchObject({ ok: false, firstBadSeq: seq });
    }),
    { numRuns: 60 },
  );
  expect(await store.verifyChain()).toMatchObject({ ok: true });
});

test('a deleted event is found as missing', async () => {
  tamper('DELETE FROM event WHERE seq = 5');
  expect(await broken()).toMatchObject({ events: 4, firstBadSeq: 5, problem: 'event 5 is missing; the next one is 6' });
});

test('events that changed places are found as out of order', async () => {
  tamper('UPDATE event SET seq = seq + 100 WHERE seq IN (5, 6)');
  tamper('UPDATE event SET seq = iif(seq = 105, 6, 5) WHERE seq > 100');
  expect(await broken()).toMatchObject({ firstBadSeq: 5, problem: 'event 5 is out of order: the one that belongs here stands at 6' });
});

test('a cut tail is found, also all of it', async () => {
  tamper('DELETE FROM event WHERE seq > 9');
  expect(await broken()).toMatchObject({ events: 9, firstBadSeq: 10, problem: 'events 10 to 12 are missing: the record was cut' });
  tamper('DELETE FROM event');
  expect(await broken()).toMatchObject({ events: 0, firstBadSeq: 1 });
});

test('an event behind the recorded head is found', async () => {
  const database = board.raw();
  database.exec(`INSERT INTO event SELECT 13, at, actor, type, task, run, token, data, hash, 'x' FROM event WHERE seq = 12`);
  expect(await broken()).toMatchObject({ firstBadSeq: 13 });
});

test('a rewritten end that does not match the recorded head is found', async () => {
  const before = await store.listLatestEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 1);
  tamper('DELETE FROM event WHERE seq = 12');
  tamper("UPDATE meta SET number = 11, text = (SELECT hash FROM event WHERE seq = 11) WHERE name = 'head'");
  await store.appendEvent({ type: 'note.made', task: null, run: null, token: null, data: {} });
  expect(await store.verifyChain()).toMatchObject({ ok: true });
  tamper("UPDATE meta SET text = ? WHERE name = 'head'", before[0]?.hash);
  expect(await broken()).toMatchObject({ firstBadSeq: 12, problem: expect.stringContaining('recorded as the newest') as string });
});

test('a wrong prev with a hash that fits it is found', async () => {
  const other = new Board();
  const twin = other.store();
  for (let index = 1; index <= 5; index += 1) await twin.appendEvent({ type: 'note.made', task: null, run: null, token: null, data: { index } });
  const [, , , , fifth] = await twin.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 5);
  other.dispose();
  tamper('UPDATE event SET type = ?, task = NULL, token = NULL, data = ?, prev = ?, hash = ? WHERE seq = 5', fifth?.type, JSON.stringify(fifth?.data), fifth?.prev, fifth?.hash);
  expect(await broken()).toMatchObject({ firstBadSeq: 5, problem: expect.stringContaining('does not continue event 4') as string });
});
