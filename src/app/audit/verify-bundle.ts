import { fromBase64, toHex, utf8 } from '../../domain/audit/bytes.js';
import { parseCheckpoint, type CheckpointNote } from '../../domain/audit/checkpoint.js';
import { openEnvelope, type Envelope } from '../../domain/audit/dsse.js';
import { Frontier } from '../../domain/audit/merkle/frontier.js';
import { leafHash, sameHash } from '../../domain/audit/merkle/node-hash.js';
import { verifyConsistency, verifyInclusion } from '../../domain/audit/merkle/verify-proof.js';
import { checkNote, parseVerifierKey, type VerifierKey } from '../../domain/audit/note.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { AuditFiles } from '../../ports/audit-files.js';
import type { SigningKeys } from '../../ports/signing-key.js';
import type { AuditTools } from './audit-tools.js';
import { BUNDLE_FILES, BUNDLE_FORMAT } from './bundle-format.js';

export interface BundleVerdict {
  readonly ok: boolean;
  readonly origin: string | null;
  readonly events: number;
  readonly withheld: number;
  readonly size: number | null;
  /** True for every event from the first to the checkpoint. */
  readonly whole: boolean;
  readonly checkpoints: number;
  readonly statements: number;
  readonly verifierKey: string | null;
  /** Where the key was known from: the bundle alone proves nothing about who signed. */
  readonly keyFrom: 'given' | 'this machine' | 'bundle';
  readonly firstBadSeq: number | null;
  readonly problem: string | null;
}

/** Thrown within this file only: the first thing that does not hold. */
class Unproven extends Error {
  readonly seq: number | null;

  constructor(message: string, seq: number | null = null) {
    super(message);
    this.seq = seq;
  }
}

interface Bundle {
  readonly files: AuditFiles;
  readonly folder: string;
  readonly keys: SigningKeys;
}

interface Counts {
  events: number;
  withheld: number;
  checkpoints: number;
  statements: number;
}

/** Checks a bundle with this program, not with the one in the bundle. A bad one is an answer. Throws FILE_NOT_FOUND for a folder that is no bundle. */
export async function verifyBundle(deps: Pick<AuditTools, 'auditFiles' | 'signingKeys'>, folder: string, givenKey: string | null): Promise<BundleVerdict> {
  const bundle: Bundle = { files: await deps.auditFiles(), folder, keys: await deps.signingKeys() };
  const manifest = await readManifest(bundle);
  const counts: Counts = { events: 0, withheld: 0, checkpoints: 0, statements: 0 };
  const found: { origin: string | null; size: number | null; text: string | null; from: BundleVerdict['keyFrom'] } = { origin: null, size: null, text: null, from: 'bundle' };
  const verdict = (problem: string | null, firstBadSeq: number | null): BundleVerdict => ({ ok: problem === null, origin: found.origin, ...counts, size: found.size, whole: manifest.whole, verifierKey: found.text, keyFrom: found.from, firstBadSeq, problem });
  try {
    const { key, text, from } = await trustedKey(bundle, givenKey);
    Object.assign(found, { text, from });
    const checkpoint = readCheckpoint(await textOf(bundle, BUNDLE_FILES.checkpoint), key, bundle);
    Object.assign(found, { origin: checkpoint.origin, size: checkpoint.size });
    await checkEvents(bundle, { checkpoint, key, whole: manifest.whole, counts });
    if (counts.events !== manifest.events) throw new Unproven(`the bundle says that it holds ${manifest.events} events, and it holds ${counts.events}`);
    counts.statements = await checkStatements(bundle, key);
    return verdict(null, null);
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    return verdict(error.message, error.seq);
  }
}

async function readManifest(bundle: Bundle): Promise<{ readonly whole: boolean; readonly events: number }> {
  const text = await textOf(bundle, BUNDLE_FILES.manifest).catch(() => '');
  const manifest = parseObject(text);
  if (manifest?.['format'] !== BUNDLE_FORMAT) throw new AiError({ code: 'FILE_NOT_FOUND', message: `${bundle.folder} is no bundle of an audit log that this version can read: ${BUNDLE_FILES.manifest} is missing or of another form.`, hint: 'ai audit export --out DIR makes one.' });
  return { whole: manifest['selection'] === null, events: Number(manifest['events']) };
}

async function trustedKey(bundle: Bundle, given: string | null): Promise<{ readonly key: VerifierKey; readonly text: string; readonly from: BundleVerdict['keyFrom'] }> {
  const { keys } = bundle;
  const text = (await textOf(bundle, BUNDLE_FILES.key)).trim();
  const key = parseVerifierKey(keys.sha256, text);
  if (key === null) throw new Unproven(`${BUNDLE_FILES.key} holds no public key`);
  if (given !== null && given.trim() !== text) throw new Unproven('the key of the bundle is not the one that you gave');
  const own = given === null ? await keys.find(key.name).catch(() => null) : null;
  if (own !== null && !sameHash(own.key.publicKey, key.publicKey)) throw new Unproven(`the key of the bundle is not the key of ${key.name} on this machine`);
  return { key, text, from: given !== null ? 'given' : own !== null ? 'this machine' : 'bundle' };
}

function readCheckpoint(text: string, key: VerifierKey, { keys }: Bundle): CheckpointNote {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === null) throw new Unproven('a checkpoint of the bundle can not be read');
  if (checkpoint.origin !== key.name || checkNote(checkpoint.note, key, keys.verify) !== 'signed') throw new Unproven(`the checkpoint over ${checkpoint.size} events is not signed by the key of the bundle`);
  return checkpoint;
}

interface EventsOrder {
  readonly checkpoint: CheckpointNote;
  readonly key: VerifierKey;
  readonly whole: boolean;
  readonly counts: Counts;
}

async function checkEvents(bundle: Bundle, order: EventsOrder): Promise<void> {
  const { checkpoint, key, whole, counts } = order;
  const earlier = await earlierCheckpoints(bundle, { key, checkpoint, whole });
  counts.checkpoints = earlier.length + 1;
  const frontier = new Frontier(bundle.keys.sha256);
  const marks = new Map([...earlier, checkpoint].map((mark) => [mark.size, mark]));
  const proofs = whole ? null : linesOf(bundle, BUNDLE_FILES.proofs)[Symbol.asyncIterator]();
  let last: Leaf | null = null;
  for await (const line of linesOf(bundle, BUNDLE_FILES.events)) {
    const leaf = readLeaf(bundle.keys, line);
    mustFollow(leaf, last, checkpoint.size);
    if (proofs === null) appendLeaf({ frontier, leaf, marks });
    else await checkProof(bundle.keys, { leaf, checkpoint, line: await proofs.next() });
    counts.events += 1;
    if (leaf.withheld) counts.withheld += 1;
    last = leaf;
  }
  if (whole && frontier.size !== checkpoint.size) throw new Unproven(`events ${frontier.size + 1} to ${checkpoint.size} are missing`, frontier.size + 1);
}

interface Leaf {
  readonly seq: number;
  readonly hash: Uint8Array;
  /** Null when the content is withheld. */
  readonly prev: string | null;
  readonly withheld: boolean;
}

function mustFollow(leaf: Leaf, last: Leaf | null, size: number): void {
  if (leaf.seq <= (last?.seq ?? 0) || leaf.seq > size) throw new Unproven(`event ${leaf.seq} is out of order`, leaf.seq);
  const isNext = last?.seq === leaf.seq - 1 && leaf.prev !== null;
  if (isNext && leaf.prev !== toHex(last.hash)) throw new Unproven(`event ${leaf.seq} does not continue event ${last.seq}`, leaf.seq);
}

function readLeaf({ sha256 }: SigningKeys, line: string): Leaf {
  const event = parseObject(line);
  const seq = event?.['seq'];
  if (event === null || typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) throw new Unproven('a line of the events can not be read');
  if (!('withheld' in event)) return { seq, hash: leafHash(sha256, utf8(line)), prev: String(event['prev']), withheld: false };
  const hash = fromBase64(String(event['hash']));
  if (hash === null) throw new Unproven(`event ${seq} is withheld without its hash`, seq);
  return { seq, hash, prev: null, withheld: true };
}

interface Rebuilt {
  readonly frontier: Frontier;
  readonly leaf: Leaf;
  /** What was signed, by size. */
  readonly marks: ReadonlyMap<number, CheckpointNote>;
}

function appendLeaf({ frontier, leaf, marks }: Rebuilt): void {
  if (leaf.seq !== frontier.size + 1) throw new Unproven(`event ${frontier.size + 1} is missing`, frontier.size + 1);
  frontier.append(leaf.hash);
  const mark = marks.get(frontier.size);
  if (mark === undefined || toHex(frontier.root()) === mark.root) return;
  const from = [...marks.keys()].reduce((good, size) => (size < frontier.size ? Math.max(good, size) : good), 0) + 1;
  throw new Unproven(`events ${from} to ${frontier.size} are not those that were signed`, from);
}

async function checkProof({ sha256 }: SigningKeys, { leaf, checkpoint, line }: { readonly leaf: Leaf; readonly checkpoint: CheckpointNote; readonly line: IteratorResult<string> }): Promise<void> {
  const entry = line.done === true ? null : parseObject(line.value);
  const isProven = entry?.['seq'] === leaf.seq && verifyInclusion(sha256, { index: leaf.seq - 1, size: checkpoint.size, leaf: leaf.hash, root: rootOf(checkpoint), proof: hashesOf(entry['proof']) });
  if (!isProven) throw new Unproven(`event ${leaf.seq} is not in the log that was signed`, leaf.seq);
}

async function earlierCheckpoints(bundle: Bundle, { key, checkpoint, whole }: { readonly key: VerifierKey; readonly checkpoint: CheckpointNote; readonly whole: boolean }): Promise<readonly CheckpointNote[]> {
  const earlier: CheckpointNote[] = [];
  for await (const line of linesOf(bundle, BUNDLE_FILES.checkpoints)) {
    const entry = parseObject(line);
    const one = readCheckpoint(String(entry?.['note']), key, bundle);
    const isBeginning = one.size < checkpoint.size && (whole || verifyConsistency(bundle.keys.sha256, { first: one.size, second: checkpoint.size, firstRoot: rootOf(one), secondRoot: rootOf(checkpoint), proof: hashesOf(entry?.['proof']) }));
    if (!isBeginning) throw new Unproven(`the checkpoint over ${one.size} events is no beginning of the last one: two histories were signed`);
    earlier.push(one);
  }
  return earlier;
}

async function checkStatements(bundle: Bundle, key: VerifierKey): Promise<number> {
  let count = 0;
  for await (const line of linesOf(bundle, BUNDLE_FILES.statements)) {
    count += 1;
    const envelope = parseObject(line);
    if (envelope === null || !isEnvelope(envelope) || openEnvelope(envelope, key, bundle.keys.verify) === null) throw new Unproven(`statement ${count} is not signed by the key of the bundle`);
  }
  return count;
}

function isEnvelope(value: Record<string, unknown>): value is Record<string, unknown> & Envelope {
  return typeof value['payload'] === 'string' && typeof value['payloadType'] === 'string' && Array.isArray(value['signatures']) && value['signatures'].every((one: unknown) => typeof one === 'object' && one !== null && 'keyid' in one && 'sig' in one && typeof one.sig === 'string');
}

function rootOf({ root }: CheckpointNote): Uint8Array {
  return Uint8Array.from(root.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** An unreadable hash becomes one of no length, which proves nothing. */
function hashesOf(value: unknown): readonly Uint8Array[] {
  return Array.isArray(value) ? value.map((text) => fromBase64(String(text)) ?? new Uint8Array(0)) : [];
}

async function* linesOf({ files, folder }: Bundle, name: string): AsyncGenerator<string> {
  const lines = files.readLines(folder, name);
  if (lines !== null) yield* lines;
}

async function textOf(bundle: Bundle, name: string): Promise<string> {
  let text = '';
  for await (const line of linesOf(bundle, name)) text += `${line}\n`;
  if (text === '') throw new Unproven(`${name} is missing`);
  return text;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    // Not JSON: the caller says what that means.
    return null;
  }
}
