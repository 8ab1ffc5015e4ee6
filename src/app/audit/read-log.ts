import type { AuditEvent } from '../../domain/audit/event.js';
import { fromHex, toHex } from '../../domain/audit/bytes.js';
import { hashedForm } from '../../domain/audit/hashed-form.js';
import { Frontier } from '../../domain/audit/merkle/frontier.js';
import type { Sha256 } from '../../domain/audit/merkle/node-hash.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { EventLog } from '../../ports/event-log.js';
import type { AppDeps } from '../deps.js';

const PAGE = 1_000;

export interface EventRange {
  /** Only events after this one. */
  readonly after: number;
  readonly upTo: number;
}

export interface HashedEvent {
  readonly event: AuditEvent;
  /** What was hashed, as one line of canonical JSON. */
  readonly form: string;
  readonly hash: Uint8Array;
}

/** Events of the whole log in order, as they are stored. In pages, because a step of an asynchronous loop for each event would cost more than its hash. */
export async function* pagesOf(store: Pick<EventLog, 'listEvents'>, { after, upTo }: EventRange): AsyncGenerator<readonly AuditEvent[]> {
  let last = after;
  while (last < upTo) {
    const page = (await readPage(store, last, Math.min(PAGE, upTo - last))).filter((event) => event.seq <= upTo);
    const newest = page.at(-1)?.seq;
    if (newest === undefined) return;
    yield page;
    last = newest;
  }
}

/** The same one by one, each checked against its own hash and the one before. Throws VERIFICATION_FAILED at the first that does not fit. */
export async function* checkedEvents(deps: { readonly store: Pick<EventLog, 'listEvents'>; readonly sha256: AppDeps['sha256'] }, range: EventRange): AsyncGenerator<HashedEvent> {
  let before: AuditEvent | undefined;
  let expected = range.after + 1;
  for await (const page of pagesOf(deps.store, range)) {
    for (const event of page) {
      const form = hashedForm(event);
      const hash = fromHex(event.hash);
      const follows = event.seq === expected && (before === undefined || before.hash === event.prev);
      if (!follows || hash === null || deps.sha256(`\0${form}`) !== event.hash) throw altered(expected);
      yield { event, form, hash };
      before = event;
      expected += 1;
    }
  }
  if (expected <= range.upTo) throw altered(expected);
}

export interface RootsWanted {
  readonly sizes: readonly number[];
  /** How far the chain is good. */
  readonly upTo: number;
}

/** Roots of the log at these sizes, from the stored hashes; sizes beyond `upTo` are left out. */
export async function rootsAt(store: Pick<EventLog, 'listEvents'>, sha256: Sha256, { sizes, upTo }: RootsWanted): Promise<ReadonlyMap<number, string>> {
  const wanted = new Set(sizes.filter((size) => size >= 1 && size <= upTo));
  const roots = new Map<number, string>();
  const frontier = new Frontier(sha256);
  for await (const page of pagesOf(store, { after: 0, upTo: largestOf(wanted) })) {
    for (const { hash } of page) {
      frontier.append(fromHex(hash) ?? new Uint8Array(0));
      if (wanted.has(frontier.size)) roots.set(frontier.size, toHex(frontier.root()));
    }
  }
  return roots;
}

/** Not Math.max(...): a log may have more checkpoints than a call takes arguments. */
function largestOf(sizes: Iterable<number>): number {
  let largest = 0;
  for (const size of sizes) largest = Math.max(largest, size);
  return largest;
}

export function altered(seq: number): AiError {
  return new AiError({ code: 'VERIFICATION_FAILED', message: `The audit log was altered at event ${seq}, so nothing is signed or exported from it.`, hint: 'ai audit verify', details: { firstBadSeq: seq } });
}

async function readPage(store: Pick<EventLog, 'listEvents'>, sinceSeq: number, limit: number): Promise<readonly AuditEvent[]> {
  try {
    return await store.listEvents({ sinceSeq, task: null, run: null, types: [] }, limit);
  } catch (error) {
    // Data that is no JSON any more: somebody edited it.
    if (error instanceof SyntaxError) throw altered(sinceSeq + 1);
    throw error;
  }
}
