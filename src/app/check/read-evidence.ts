import { envelopeKeyId, openEnvelope, type Envelope } from '../../domain/audit/dsse.js';
import { fromBase64 } from '../../domain/audit/bytes.js';
import { parseVerifierKey, type VerifierKey, type VerifySignature } from '../../domain/audit/note.js';
import type { Sha256 } from '../../domain/audit/merkle/node-hash.js';
import { PREDICATES } from '../../domain/audit/statement.js';
import type { AuditAnchors } from '../../ports/audit-anchors.js';
import type { ChangeSource, CommitEvidence, EvidenceReader } from '../../ports/change-source.js';

/** Public keys whose signatures count, one a line, as `ai audit key` prints them. Read from the trusted commit. */
export const TRUSTED_KEYS_PATH = '.ai/audit-keys';
const MAX_KEYS_BYTES = 64 * 1024;
const MAX_ENVELOPES = 10_000;

export interface EvidenceDeps {
  readonly anchors: AuditAnchors;
  readonly changes: Pick<ChangeSource, 'readFile'>;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
}

/**
 * Reads the signed statements that are kept with a commit as git notes. They count when a key signed them that the commit which the
 * range starts from lists: a range can't bring along the key that vouches for it.
 */
export function createEvidenceReader(deps: EvidenceDeps): EvidenceReader {
  const keys = new Map<string, Promise<readonly VerifierKey[]>>();
  return async (commit, trusted) => {
    const known = keys.get(trusted ?? '') ?? readKeys(deps, trusted);
    keys.set(trusted ?? '', known);
    const lines = (await deps.anchors.readEvidence(commit.id)).slice(0, MAX_ENVELOPES);
    if (lines.length === 0) return null;
    const read = await known;
    const statements = lines.map((line) => readStatement(deps, read, line)).filter((statement) => statement?.commit === commit.id);
    return summarise(statements.filter((statement) => statement !== null), await deps.anchors.treeOf(commit.id));
  };
}

async function readKeys({ changes, sha256 }: EvidenceDeps, trusted: string | null): Promise<readonly VerifierKey[]> {
  const file = trusted === null ? null : await changes.readFile({ commit: trusted }, TRUSTED_KEYS_PATH, MAX_KEYS_BYTES);
  const lines = (file?.text ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => parseVerifierKey(sha256, line)).filter((key) => key !== null);
}

type Signature = CommitEvidence['signature'];

interface Statement {
  readonly commit: string;
  readonly tree: string | null;
  readonly type: string;
  readonly predicate: Readonly<Record<string, unknown>>;
  readonly signature: Signature;
}

/** Null for a line that holds no statement: whoever can write notes can write anything. */
function readStatement({ verify }: EvidenceDeps, keys: readonly VerifierKey[], line: string): Statement | null {
  const envelope = asRecord(parse(line)) as unknown as Partial<Envelope> | null;
  if (typeof envelope?.payload !== 'string' || typeof envelope.payloadType !== 'string' || !Array.isArray(envelope.signatures)) return null;
  const bytes = fromBase64(envelope.payload);
  const statement = bytes === null ? null : asRecord(parse(new TextDecoder().decode(bytes)));
  const predicate = asRecord(statement?.['predicate']);
  if (statement === null || predicate === null || !Array.isArray(statement['subject'])) return null;
  const digests = statement['subject'].map((subject) => asRecord(asRecord(subject)?.['digest']));
  const digestOf = (name: string): string | null => textOf(digests.find((digest) => digest?.[name] !== undefined)?.[name]);
  const commit = digestOf('gitCommit');
  if (commit === null) return null;
  return { commit, tree: digestOf('gitTree'), type: String(statement['predicateType']), predicate, signature: signatureOf(envelope as Envelope, keys, verify) };
}

function signatureOf(envelope: Envelope, keys: readonly VerifierKey[], verify: VerifySignature): Signature {
  if (envelope.signatures.length === 0) return 'unsigned';
  if (keys.some((key) => openEnvelope(envelope, key, verify) !== null)) return 'valid';
  const ids = new Set(keys.map(envelopeKeyId));
  return envelope.signatures.some((signature) => ids.has(signature.keyid)) ? 'invalid' : 'untrusted';
}

const WORST_FIRST: readonly Signature[] = ['invalid', 'unsigned', 'untrusted', 'valid'];

/** One statement that does not hold makes the evidence one that does not hold. */
function summarise(statements: readonly Statement[], tree: string | null): CommitEvidence | null {
  if (statements.length === 0) return null;
  const run = statements.find((statement) => statement.type === PREDICATES.run);
  const decisions = statements.filter((statement) => statement.type === PREDICATES.policyDecision).map((statement) => asRecord(statement.predicate['decision']));
  const allowed = decisions.find((decision) => decision?.['point'] === 'task.merge' && decision['effect'] === 'allow') ?? null;
  const signatures = new Set(statements.map((statement) => statement.signature));
  return {
    run: textOf(run?.predicate['run']),
    decision: allowed === null ? null : { id: textOf(allowed['record']) ?? '', effect: 'allow' },
    digests: [...evidenceOf(run), ...statements.slice(0, 1).map((statement) => ({ kind: 'tree', claimed: statement.tree ?? '', found: tree }))],
    signature: WORST_FIRST.find((signature) => signatures.has(signature)) ?? 'unsigned',
  };
}

/** The files themselves stay on the machine of the run; what travels is what was signed about them. */
function evidenceOf(run: Statement | undefined): CommitEvidence['digests'] {
  const items = Array.isArray(run?.predicate['evidence']) ? (run.predicate['evidence'] as unknown[]) : [];
  return items.map(asRecord).flatMap((item) => {
    const sha256 = textOf(item?.['sha256']);
    return sha256 === null ? [] : [{ kind: textOf(item?.['kind']) ?? 'evidence', claimed: sha256, found: sha256 }];
  });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const asRecord = (value: unknown): Readonly<Record<string, unknown>> | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
