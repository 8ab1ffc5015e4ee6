import { setImmediate as nextTurn } from 'node:timers/promises';
import { GENESIS_HASH } from '../../../domain/audit/event.js';
import { hashedFormOfText } from '../../../domain/audit/hashed-form.js';
import type { ChainVerdict } from '../../../ports/event-log.js';
import type { Connection } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { hashOf } from './event-appender.js';
import { SELECT_EVENT, type EventRow } from './event-rows.js';

/** Events checked before other work of the process gets its turn. */
const PAGE = 1_000;

interface Head {
  readonly seq: number;
  readonly hash: string;
}

const readHead: Query<[], Head> = { sql: `SELECT number AS seq, text AS hash FROM meta WHERE name = 'head'` };
const page: Query<[after: number, upTo: number, limit: number], EventRow> = { sql: `${SELECT_EVENT} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?` };
const beyond: Query<[seq: number], { readonly seq: number }> = { sql: 'SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT 1' };
const successorOf: Query<[prev: string], { readonly seq: number }> = { sql: 'SELECT seq FROM event WHERE prev = ? ORDER BY seq LIMIT 1' };

/** Told of each event that fits, in order. */
type Visit = (seq: number, hash: string) => void;

/** Recomputes the chain from the first event to the head as it stands at the call, a page at a time. */
export async function verifyChain(connection: Connection, visit: Visit = () => undefined): Promise<ChainVerdict> {
  const start = connection.read(readStart);
  let last: Head = { seq: 0, hash: GENESIS_HASH };
  while (last.seq < start.head.seq) {
    const from = last;
    const result = connection.read((sql) => verifyPage(sql, { from, upTo: start.head.seq, visit }));
    if ('problem' in result) return result;
    if (result.seq === from.seq) return bad(from, 1, missingTail(from, start.head));
    last = result;
    await nextTurn();
  }
  if (start.extra !== undefined) return bad(last, start.extra - last.seq, `event ${start.extra} was added behind the recorded head ${start.head.seq}`);
  if (last.hash !== start.head.hash) return bad({ seq: last.seq - 1 }, 1, `event ${last.seq} is not the one that was recorded as the newest`);
  return { ok: true, events: last.seq, headSeq: last.seq, headHash: last.hash };
}

function readStart(sql: SqlReader): { readonly head: Head; readonly extra: number | undefined } {
  const head = sql.get(readHead) ?? { seq: 0, hash: GENESIS_HASH };
  return { head, extra: sql.get(beyond, head.seq)?.seq };
}

type Broken = Extract<ChainVerdict, { ok: false }>;

interface Stretch {
  readonly from: Head;
  readonly upTo: number;
  readonly visit: Visit;
}

function verifyPage(sql: SqlReader, { from, upTo, visit }: Stretch): Head | Broken {
  let last = from;
  for (const row of sql.all(page, from.seq, upTo, PAGE)) {
    const problem = problemOf(sql, row, last);
    if (problem !== null) return bad(last, 1, problem);
    last = { seq: row.seq, hash: row.hash };
    visit(row.seq, row.hash);
  }
  return last;
}

/** What is wrong with the event that stands after `last`, or null. */
function problemOf(sql: SqlReader, row: EventRow, last: Head): string | null {
  const expected = last.seq + 1;
  if (row.seq !== expected) return `event ${expected} is missing; the next one is ${row.seq}`;
  if (row.prev !== last.hash) return wrongPrev(sql, row, last);
  if (recompute(row) !== row.hash) return `event ${row.seq} was edited: its content does not give its hash`;
  return null;
}

function wrongPrev(sql: SqlReader, row: EventRow, last: Head): string {
  const successor = sql.get(successorOf, last.hash)?.seq;
  if (successor !== undefined && successor !== row.seq) return `event ${row.seq} is out of order: the one that belongs here stands at ${successor}`;
  return `event ${row.seq} does not continue event ${last.seq}: its "prev" is not that event's hash`;
}

/** From the stored text itself: an added blank is an edit too. */
function recompute({ seq, at, actor, type, task, run, token, data, prev }: EventRow): string {
  return hashOf(hashedFormOfText({ seq, atMs: at, actor, type, task, run, token, prev }, data));
}

function missingTail(last: { readonly seq: number }, head: Head): string {
  return `events ${last.seq + 1} to ${head.seq} are missing: the record was cut`;
}

function bad(last: { readonly seq: number }, offset: number, problem: string): Broken {
  return { ok: false, events: last.seq, firstBadSeq: last.seq + offset, problem };
}
