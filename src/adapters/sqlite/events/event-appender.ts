import { hash } from 'node:crypto';
import type { NewEvent } from '../../../domain/audit/event.js';
import { hashedForm } from '../../../domain/audit/hashed-form.js';
import type { Query, SqlWriter } from '../database/statements.js';

interface Head {
  readonly seq: number;
  readonly hash: string;
}

type EventParams = [seq: number, atMs: number, actor: string, type: string, task: string | null, run: string | null, token: number | null, data: string, prev: string, hash: string];

const readHead: Query<[], Head> = { sql: `SELECT number AS seq, text AS hash FROM meta WHERE name = 'head'` };
const writeHead: Query<[seq: number, hash: string]> = { sql: `UPDATE meta SET number = ?, text = ? WHERE name = 'head'` };
const insertEvent: Query<EventParams> = { sql: 'INSERT INTO event(seq, at, actor, type, task, run, token, data, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)' };

/** SHA-256 over a zero byte and an event's hashed form, in hex. */
export function hashOf(form: string): string {
  return hash('sha256', `\0${form}`);
}

/**
 * The canonical text of `data` within an event's form, which spares writing it twice. A quote inside a value
 * is escaped, so that the first `,"data":` and the last `,"prev":` are the event's own keys.
 */
export function dataOf(form: string): string {
  return form.slice(form.indexOf(',"data":') + ',"data":'.length, form.lastIndexOf(',"prev":'));
}

export interface EventOrigin {
  readonly actor: string;
  readonly atMs: number;
  /** Takes secrets out before anything is hashed: what is in the chain stays there. */
  readonly redact: (data: NewEvent['data']) => NewEvent['data'];
}

/** Appends to the chain within one transaction. The head is read once and written once, however many events follow. */
export class EventAppender {
  readonly #sql: SqlWriter;
  readonly #origin: EventOrigin;
  #head: Head | undefined;

  constructor(sql: SqlWriter, origin: EventOrigin) {
    this.#sql = sql;
    this.#origin = origin;
  }

  append(event: NewEvent): void {
    const head = this.#head ?? this.#readHead();
    const { actor, atMs, redact } = this.#origin;
    const chained = { ...event, data: redact(event.data), seq: head.seq + 1, atMs, actor, prev: head.hash };
    const form = hashedForm(chained);
    const ownHash = hashOf(form);
    this.#sql.run(insertEvent, chained.seq, atMs, actor, event.type, event.task, event.run, event.token, dataOf(form), head.hash, ownHash);
    this.#head = { seq: chained.seq, hash: ownHash };
  }

  /** Must be called before the commit. */
  finish(): void {
    if (this.#head !== undefined) this.#sql.run(writeHead, this.#head.seq, this.#head.hash);
  }

  #readHead(): Head {
    const head = this.#sql.get(readHead);
    if (head === undefined) throw new Error('invariant broken: the record has a head');
    return head;
  }
}
