import { fromHex, toHex } from '../../domain/audit/bytes.js';
import { originOf, parseCheckpoint } from '../../domain/audit/checkpoint.js';
import { Frontier } from '../../domain/audit/merkle/frontier.js';
import { checkNote, parseVerifierKey, type VerifierKey } from '../../domain/audit/note.js';
import { judge, type AuditVerdict, type Claim, type Findings } from '../../domain/audit/verdict.js';
import { AiError, isAiError } from '../../domain/kernel/errors.js';
import type { SigningKeys } from '../../ports/signing-key.js';
import type { VerifyDeps } from './audit-deps.js';
import { pagesOf, rootsAt } from './read-log.js';

export interface VerifyInput {
  /** A ref of anchors; null takes the usual one when it exists. */
  readonly fromAnchor: string | null;
  /** A public key as text, instead of the one in the user's folder. */
  readonly key: string | null;
}

/** The newest so many anchors are compared: each stands for all before it. */
const MAX_ANCHORS = 10_000;

interface Gathered {
  readonly claims: readonly Claim[];
  readonly undecided: readonly string[];
}

/**
 * Recomputes the whole log and compares it with everything that was ever signed about it: checkpoints in the database,
 * anchors in the repository, and what this machine remembers. A bad log is an answer. Throws INVALID_INPUT for a key or ref that is none.
 */
export async function verifyLog(deps: VerifyDeps, input: VerifyInput): Promise<AuditVerdict> {
  const keys = await deps.signingKeys();
  const origin = await originAt(deps);
  const key = await keyFor(keys, input.key, origin);
  const parts = [await storedClaims(deps, key.read), await anchoredClaims(deps, key.read, input.fromAnchor), await rememberedClaims(keys, key.read, origin)];
  const claims = parts.flatMap((part) => part.claims);
  const { chain, roots } = await recompute(deps, keys, claims.map((claim) => claim.size));
  const missingKey = key.problem !== null && claims.length > 0 ? [key.problem] : [];
  const last = await attempt(() => keys.lastOrigin());
  return judge({ chain, origin, claims, roots, undecided: [...missingKey, ...parts.flatMap((part) => part.undecided)], replaced: typeof last === 'string' && last !== origin ? last : null });
}

/** The chain and the roots at these sizes in one reading of the log. */
async function recompute({ store }: VerifyDeps, { sha256 }: SigningKeys, sizes: readonly number[]): Promise<Pick<Findings, 'chain' | 'roots'>> {
  const wanted = new Set(sizes);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const frontier = new Frontier(sha256);
  const roots = new Map<number, string>();
  const chain = await store.verifyChain((seq, hash) => {
    if (seq !== frontier.size + 1 || seq > largest) return;
    frontier.append(fromHex(hash) ?? new Uint8Array(0));
    if (wanted.has(seq)) roots.set(seq, toHex(frontier.root()));
  });
  // A store that tells nobody what it has checked is read a second time.
  const wasTold = frontier.size > 0 || chain.events === 0;
  return { chain, roots: wasTold ? roots : await rootsAt(store, sha256, { sizes, upTo: chain.events }) };
}

/** Answers of a claim what its signature is worth. */
type ReadSignature = (note: NonNullable<ReturnType<typeof parseCheckpoint>>['note']) => Claim['signature'];

async function keyFor(keys: SigningKeys, text: string | null, origin: string | null): Promise<{ readonly read: ReadSignature; readonly problem: string | null }> {
  const found = text === null ? await foundKey(keys, origin) : { key: parseKey(keys, text), problem: null };
  const { key, problem } = found;
  return { read: (note) => (key === null ? 'unchecked' : checkNote(note, key, keys.verify)), problem };
}

async function foundKey(keys: SigningKeys, origin: string | null): Promise<{ readonly key: VerifierKey | null; readonly problem: string | null }> {
  try {
    const signer = origin === null ? null : await keys.find(origin);
    if (signer !== null) return { key: signer.key, problem: null };
    return { key: null, problem: `the key of ${origin ?? 'this log'} is not in ${keys.folder}, so no signature can be checked; give its public part with --key` };
  } catch (error) {
    if (!isAiError(error)) throw error;
    return { key: null, problem: error.message };
  }
}

function parseKey(keys: SigningKeys, text: string): VerifierKey {
  const key = parseVerifierKey(keys.sha256, text);
  if (key === null) throw new AiError({ code: 'INVALID_INPUT', message: 'That is no public key of an audit log; one looks like ai/0123456789abcdef+1a2b3c4d+AQ….', hint: 'ai audit key' });
  return key;
}

/** Null for an empty log, and for one whose beginning can't be read, which the chain then says. */
async function originAt({ store }: VerifyDeps): Promise<string | null> {
  const pages = await attempt(async () => {
    for await (const [first] of pagesOf(store, { after: 0, upTo: 1 })) return first === undefined ? null : originOf(first.hash);
    return null;
  });
  return pages instanceof AiError ? null : pages;
}

async function storedClaims({ store }: VerifyDeps, read: ReadSignature): Promise<Gathered> {
  const claims: Claim[] = [];
  for (let fromSize = 0; ; ) {
    const page = await store.listCheckpoints(fromSize);
    const fresh = page.filter((checkpoint) => checkpoint.size >= fromSize);
    for (const { size, root, note } of fresh) {
      const claim = claimOf(note, { source: 'checkpoint', where: String(size) }, read);
      claims.push(claim.size === size && claim.root === root ? claim : { ...claim, size, root, signature: 'unreadable' });
    }
    const last = fresh.at(-1);
    if (last === undefined) return { claims, undecided: [] };
    fromSize = last.size + 1;
  }
}

async function anchoredClaims(deps: VerifyDeps, read: ReadSignature, fromAnchor: string | null): Promise<Gathered> {
  if (!deps.place.isRepository && fromAnchor === null) return { claims: [], undecided: [] };
  const anchors = await deps.auditAnchors();
  const ref = fromAnchor ?? anchors.ref;
  const listed = await attempt(() => anchors.listAnchors(ref, MAX_ANCHORS));
  if (listed instanceof AiError) return { claims: [], undecided: [`the anchors of ${ref} can't be read: ${listed.message}`] };
  if (listed === null) return { claims: [], undecided: fromAnchor === null ? [] : [`there is no ref ${ref} in this repository`] };
  return { claims: listed.map(({ commit, note }) => claimOf(note, { source: 'anchor', where: `${ref} ${commit.slice(0, 12)}` }, read)), undecided: [] };
}

async function rememberedClaims(keys: SigningKeys, read: ReadSignature, origin: string | null): Promise<Gathered> {
  const note = origin === null ? null : await attempt(() => keys.lastSigned(origin));
  if (note instanceof AiError) return { claims: [], undecided: [note.message] };
  return { claims: note === null ? [] : [claimOf(note, { source: 'memory', where: keys.folder }, read)], undecided: [] };
}

function claimOf(text: string, from: Pick<Claim, 'source' | 'where'>, read: ReadSignature): Claim {
  const parsed = parseCheckpoint(text);
  if (parsed === null) return { ...from, size: 0, root: '', origin: '', signature: 'unreadable' };
  return { ...from, size: parsed.size, root: parsed.root, origin: parsed.origin, signature: read(parsed.note) };
}

async function attempt<T>(work: () => Promise<T>): Promise<T | AiError> {
  try {
    return await work();
  } catch (error) {
    if (!isAiError(error)) throw error;
    return error;
  }
}
