import { toBase64 } from '../../domain/audit/bytes.js';
import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { MerkleTree } from '../../domain/audit/merkle/tree.js';
import type { Sha256 } from '../../domain/audit/merkle/node-hash.js';
import { toOcsf } from '../../domain/audit/ocsf.js';
import type { Redactor } from '../../domain/redaction/redact.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { HashedEvent } from './read-log.js';

/** Events of which proofs can be made at once; a tree of so many takes about 200 MB. */
const MAX_PROVEN_EVENTS = 1_000_000;

export interface Selection {
  readonly task: string | null;
  /** Only events after this one. */
  readonly since: number;
}

export function isWhole({ task, since }: Selection): boolean {
  return task === null && since === 0;
}

export function isSelected({ task, since }: Selection, { event }: HashedEvent): boolean {
  return event.seq > since && (task === null || event.task === task);
}

/**
 * An event as its canonical line: SHA-256 of a zero byte and the line is its leaf. Where a secret got into the log
 * before redaction knew it, the content is withheld, and the leaf hash stands for it.
 */
export function eventLine({ event, form, hash }: HashedEvent, redactor: Redactor): string {
  const { redacted } = redactor.redact(event.data);
  const texts = [event.actor, event.type].some((text) => redactor.text(text) !== text);
  if (redacted.length === 0 && !texts && redactor.text(form) === form) return form;
  return canonicalJson({ hash: toBase64(hash), seq: event.seq, withheld: redacted.map(({ pointer }) => `/data${pointer}`) });
}

/** The same event for OCSF, with secrets masked: nothing there is hashed. */
export function ocsfLine({ event }: HashedEvent, redactor: Redactor): string {
  return canonicalJson(redactor.redact(toOcsf(event)).value);
}

/** Hashes of the whole log, for proofs about a part of it. */
export class LogTree {
  readonly #tree: MerkleTree;

  constructor(sha256: Sha256) {
    this.#tree = new MerkleTree(sha256);
  }

  append(hash: Uint8Array): void {
    if (this.#tree.size >= MAX_PROVEN_EVENTS) throw new AiError({ code: 'INVALID_INPUT', message: `Proofs about a part of a log can be made up to ${MAX_PROVEN_EVENTS} events.`, hint: 'Export the whole log: ai audit export --out DIR' });
    this.#tree.append(hash);
  }

  inclusionLine(seq: number): string {
    return canonicalJson({ seq, proof: this.#tree.inclusionProof(seq - 1).map(toBase64) });
  }

  consistency(size: number): readonly string[] {
    return this.#tree.consistencyProof(size).map(toBase64);
  }
}
