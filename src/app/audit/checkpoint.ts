import { fromHex, toHex, utf8 } from '../../domain/audit/bytes.js';
import { checkpointText, dueReason, originOf, parseCheckpoint, type CheckpointReason } from '../../domain/audit/checkpoint.js';
import { Frontier } from '../../domain/audit/merkle/frontier.js';
import { checkNote, formatNote } from '../../domain/audit/note.js';
import { AiError, isAiError } from '../../domain/kernel/errors.js';
import type { Checkpoint, CheckpointStore } from '../../ports/checkpoint-store.js';
import type { SigningKeys, Signer } from '../../ports/signing-key.js';
import type { CheckpointDeps } from './audit-deps.js';
import { altered, checkedEvents } from './read-log.js';

export type CheckpointOutcome =
  /** Nothing to do yet. */
  | { readonly kind: 'not_due' }
  | { readonly kind: 'made'; readonly checkpoint: Checkpoint }
  /** The work that was done stands; that its record is not signed yet is for `ai audit verify` to say. */
  | { readonly kind: 'failed'; readonly error: AiError };

/**
 * Signs the log when it is time to: after 256 events, after 60 seconds, and (`run`) at the end of a run whatever came
 * before. Two look-ups in the database when it is not. Expected failures are answered, not thrown: a missing key must
 * not fail the command that did the work.
 */
export async function checkpointIfDue(deps: CheckpointDeps, when: 'write' | 'run'): Promise<CheckpointOutcome> {
  const latest = (await deps.store.latestCheckpoint()) ?? null;
  const headSeq = await deps.store.headSeq();
  const due = dueReason(latest, headSeq, Math.trunc(deps.clock.now().wallMs));
  const reason = when === 'run' && headSeq > (latest?.size ?? 0) ? 'run' : due;
  if (reason === null) return { kind: 'not_due' };
  try {
    const checkpoint = await makeCheckpoint(deps, reason);
    return checkpoint === null ? { kind: 'not_due' } : { kind: 'made', checkpoint };
  } catch (error) {
    if (!isAiError(error)) throw error;
    return { kind: 'failed', error };
  }
}

/**
 * The checkpoint over all events of now: the present one when it covers them, else a new one. Null for an empty log.
 * Throws VERIFICATION_FAILED when the log does not continue what was signed before, CREDENTIALS without the key, and what writing throws.
 */
export async function makeCheckpoint(deps: CheckpointDeps, reason: CheckpointReason): Promise<Checkpoint | null> {
  const { store } = deps;
  const size = await store.headSeq();
  if (size === 0) return null;
  const [first] = await store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 1);
  if (first?.seq !== 1) throw altered(1);
  const origin = originOf(first.hash);
  const keys = await deps.signingKeys();
  await mustBeSameLog(keys, origin);
  const latest = (await store.latestCheckpoint()) ?? null;
  const signer = await signerOf(keys, origin, latest !== null);
  const known = latest !== null && isSigned({ keys, signer, origin }, latest) ? latest : null;
  if (known?.size === size) return known;
  const frontier = await frontierAt(deps, { size, known, remembered: await rememberedOf(keys, origin) });
  return sign(deps, { keys, signer, origin, frontier, reason });
}

interface SignOrder {
  readonly keys: SigningKeys;
  readonly signer: Signer;
  readonly origin: string;
  readonly frontier: Frontier;
  readonly reason: CheckpointReason;
}

async function sign({ store, clock }: CheckpointDeps, { keys, signer, origin, frontier, reason }: SignOrder): Promise<Checkpoint> {
  const root = toHex(frontier.root());
  const text = checkpointText({ origin, size: frontier.size, root });
  const note = formatNote(text, { name: signer.key.name, keyId: signer.key.id, signature: signer.sign(utf8(text)) });
  const checkpoint: Checkpoint = { size: frontier.size, root, note, atMs: Math.trunc(clock.now().wallMs), reason };
  // First what the database can't take back: a crash in between leaves a signature that the log still agrees with.
  await keys.remember(origin, note);
  await store.addCheckpoint(checkpoint);
  await store.saveFrontier({ size: frontier.size, hashes: frontier.hashes.map(toHex) });
  return checkpoint;
}

async function signerOf(keys: SigningKeys, origin: string, wasSigned: boolean): Promise<Signer> {
  const found = await keys.find(origin);
  if (found !== null) return found;
  // A new key beside old signatures would look like a forgery ever after.
  if (wasSigned) throw new AiError({ code: 'CREDENTIALS', message: `The key that signed ${origin} is not in ${keys.folder}.`, hint: 'Put it back from a copy; until then the newer events are not signed.', details: { origin, folder: keys.folder } });
  return keys.findOrCreate(origin);
}

async function mustBeSameLog(keys: SigningKeys, origin: string): Promise<void> {
  const last = await keys.lastOrigin();
  if (last === null || last === origin) return;
  throw new AiError({ code: 'VERIFICATION_FAILED', message: `This database holds the log ${origin}, but what was signed here before was ${last}: the file was replaced.`, hint: `ai audit verify says what to do when that was on purpose.`, details: { origin, signed: last } });
}

function isSigned({ keys, signer, origin }: Pick<SignOrder, 'keys' | 'signer' | 'origin'>, { size, root, note }: Checkpoint): boolean {
  const parsed = parseCheckpoint(note);
  return parsed?.origin === origin && parsed.size === size && parsed.root === root && checkNote(parsed.note, signer.key, keys.verify) === 'signed';
}

interface Signed {
  readonly size: number;
  readonly root: string;
}

async function rememberedOf(keys: SigningKeys, origin: string): Promise<Signed | null> {
  const note = await keys.lastSigned(origin);
  return note === null ? null : parseCheckpoint(note);
}

interface Growth {
  readonly size: number;
  /** The newest checkpoint in the database, its signature checked. */
  readonly known: Signed | null;
  /** The newest that was signed on this machine. */
  readonly remembered: Signed | null;
}

/** The frontier at `size`, grown event by event; what was signed on the way must come out again. */
async function frontierAt(deps: CheckpointDeps, { size, known, remembered }: Growth): Promise<Frontier> {
  const { sha256 } = await deps.signingKeys();
  const signed = [known, remembered].filter((one) => one !== null);
  const cut = signed.find((one) => one.size > size);
  if (cut !== undefined) throw altered(size + 1);
  const kept = known === null ? null : await keptFrontier(deps.store, sha256, known);
  const frontier = kept ?? new Frontier(sha256);
  const mustMatch = (): void => {
    for (const one of signed) if (one.size === frontier.size && one.root !== toHex(frontier.root())) throw altered(one.size);
  };
  mustMatch();
  for await (const { hash } of checkedEvents(deps, { after: frontier.size, upTo: size })) {
    frontier.append(hash);
    mustMatch();
  }
  return frontier;
}

/** The stored frontier, when it gives the root that was signed: only then is it worth more than any other row. */
async function keptFrontier(store: CheckpointStore, sha256: SigningKeys['sha256'], known: Signed): Promise<Frontier | null> {
  const kept = await store.frontier();
  if (kept?.size !== known.size) return null;
  const hashes = kept.hashes.map(fromHex);
  if (!hashes.every((hash) => hash !== null)) return null;
  try {
    const frontier = new Frontier(sha256, { size: kept.size, hashes });
    return toHex(frontier.root()) === known.root ? frontier : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
