import { fromBase64, fromHex, toBase64, toHex } from './bytes.js';
import { HASH_BYTES } from './merkle/node-hash.js';
import { parseNote, type SignedNote } from './note.js';

/** What a log says about itself at one size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** `ai/` and the beginning of the hash of the first event: names the log. */
  readonly origin: string;
  readonly size: number;
  /** Root of the Merkle tree (RFC 6962) over the first `size` events, in hex. */
  readonly root: string;
}

export interface CheckpointNote extends Checkpoint {
  readonly note: SignedNote;
}

export const CHECKPOINT_REASONS = ['events', 'time', 'run', 'export', 'anchor'] as const;
export type CheckpointReason = (typeof CHECKPOINT_REASONS)[number];

/** A checkpoint is due after so many events, or so long after the one before. */
export const CHECKPOINT_EVERY = { events: 256, ms: 60_000 } as const;

const ORIGIN_CHARACTERS = 16;
const SIZE = /^(?:0|[1-9]\d{0,15})$/;

/**
 * A database names its log by its first event, which holds a time, an author and drawn ids: nobody has to keep an id
 * anywhere, and a replaced database has another name.
 */
export function originOf(firstEventHash: string): string {
  return `ai/${firstEventHash.slice(0, ORIGIN_CHARACTERS)}`;
}

export function isOrigin(text: string): boolean {
  return /^ai\/[0-9a-f]{16}$/.test(text);
}

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  const bytes = fromHex(root);
  if (bytes?.length !== HASH_BYTES) throw new RangeError(`${root} is no root`);
  return `${origin}\n${size}\n${toBase64(bytes)}\n`;
}

/** Null for a note that is no checkpoint. The signatures are not checked. Lines after the third are allowed and ignored. */
export function parseCheckpoint(text: string): CheckpointNote | null {
  const note = parseNote(text);
  if (note === null) return null;
  const [origin = '', size = '', root = ''] = note.text.split('\n');
  const bytes = fromBase64(root);
  if (origin === '' || !SIZE.test(size) || bytes?.length !== HASH_BYTES) return null;
  const count = Number(size);
  if (!Number.isSafeInteger(count)) return null;
  return { origin, size: count, root: toHex(bytes), note };
}

/** Why a checkpoint is due now, or null. */
export function dueReason(latest: { readonly size: number; readonly atMs: number } | null, headSeq: number, nowMs: number): CheckpointReason | null {
  const size = latest?.size ?? 0;
  if (headSeq <= size) return null;
  if (headSeq - size >= CHECKPOINT_EVERY.events) return 'events';
  const since = nowMs - (latest?.atMs ?? Number.NEGATIVE_INFINITY);
  // A clock that was set back must not stop checkpoints.
  return since >= CHECKPOINT_EVERY.ms || since < 0 ? 'time' : null;
}
