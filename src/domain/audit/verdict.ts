import type { ChainVerdict } from './chain-verdict.js';

/** What somebody claims the log was at one size, and how far the claim itself can be trusted. */
export interface Claim {
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly origin: string;
  readonly source: 'anchor' | 'checkpoint' | 'memory';
  /** `unchecked`: there is no key to check it with. */
  readonly signature: 'signed' | 'unknown' | 'forged' | 'unreadable' | 'unchecked';
  /** For messages: a ref and commit, or the like. */
  readonly where: string;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface AuditVerdict {
  readonly status: 'ok' | 'bad' | 'undecidable';
  /** Events whose hashes and order are right, from the first on. */
  readonly events: number;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly origin: string | null;
  readonly firstBadSeq: number | null;
  /** Everything that is wrong, the earliest first. */
  readonly problems: readonly string[];
  /** What could not be decided, and why. */
  readonly undecided: readonly string[];
  /** Their root is in a chain of anchors. */
  readonly anchored: Range | null;
  /** Signed, but not in an anchor. */
  readonly signed: Range | null;
  /** Neither: whoever can write the database can have rewritten them. */
  readonly unsigned: Range | null;
  readonly checkpoints: number;
  readonly anchors: number;
}

export interface Findings {
  readonly chain: ChainVerdict;
  /** Null for an empty or unreadable log. */
  readonly origin: string | null;
  readonly claims: readonly Claim[];
  /** Root of the log at each claimed size that the good part of the chain reaches. */
  readonly roots: ReadonlyMap<number, string>;
  readonly undecided: readonly string[];
  /** The log that was signed at this place before, when it is another. */
  readonly replaced: string | null;
}

interface Problem {
  /** Null when no event is at fault. */
  readonly seq: number | null;
  readonly text: string;
}

const MAX_PROBLEMS = 20;

/** Puts together what the chain, the signatures and the anchors say. */
export function judge(findings: Findings): AuditVerdict {
  const { chain, origin, claims, undecided } = findings;
  const problems = [...chainProblems(chain), ...replacedProblems(findings), ...claims.flatMap((claim) => claimProblems(claim, findings))].sort((a, b) => order(a) - order(b));
  const firstBadSeq = problems.find((problem) => problem.seq !== null)?.seq ?? null;
  const good = Math.min(chain.events, firstBadSeq === null ? chain.events : firstBadSeq - 1);
  const confirmed = (source: (claim: Claim) => boolean): number => largestSize(claims.filter((claim) => source(claim) && isConfirmed(claim, findings) && claim.size <= good));
  const anchored = confirmed((claim) => claim.source === 'anchor');
  const signed = Math.max(anchored, confirmed(() => true));
  return {
    status: problems.length > 0 ? 'bad' : undecided.length > 0 ? 'undecidable' : 'ok',
    events: chain.events,
    head: chain.ok ? { seq: chain.headSeq, hash: chain.headHash } : null,
    origin,
    firstBadSeq,
    problems: [...new Set(problems.map((problem) => problem.text))].slice(0, MAX_PROBLEMS),
    undecided,
    anchored: range(0, anchored),
    signed: range(anchored, signed),
    unsigned: range(signed, good),
    checkpoints: claims.filter((claim) => claim.source === 'checkpoint').length,
    anchors: claims.filter((claim) => claim.source === 'anchor').length,
  };
}

function chainProblems(chain: ChainVerdict): Problem[] {
  return chain.ok ? [] : [{ seq: chain.firstBadSeq, text: chain.problem }];
}

function replacedProblems({ origin, replaced }: Findings): Problem[] {
  if (replaced === null) return [];
  return [{ seq: origin === null ? null : 1, text: `the database was replaced: what was signed at this place before is the log ${replaced}, and this one is ${origin ?? 'empty'}` }];
}

function claimProblems(claim: Claim, findings: Findings): Problem[] {
  const named = `${nameOf(claim)} over ${claim.size} events`;
  if (claim.signature === 'unreadable') return [{ seq: null, text: `${nameOf(claim)} is no checkpoint, or not the one that its place says` }];
  if (claim.origin !== findings.origin) return [{ seq: 1, text: `${named} is of another log (${claim.origin}): this database was replaced` }];
  if (claim.signature === 'forged' || claim.signature === 'unknown') return [{ seq: null, text: `${named} is not signed by the key of this log` }];
  const by = claim.signature === 'signed' ? ', and its signature is good' : '';
  const { chain } = findings;
  if (chain.ok && claim.size > chain.events) return [{ seq: chain.events + 1, text: `events ${chain.events + 1} to ${claim.size} are missing: ${named} says that they were there${by}` }];
  const root = findings.roots.get(claim.size);
  if (root === undefined || root === claim.root) return [];
  const from = lastConfirmedBefore(claim.size, findings) + 1;
  return [{ seq: from, text: `events ${from} to ${claim.size} are not those of ${named}${by}: they were rewritten, or two copies of this log went on separately` }];
}

function lastConfirmedBefore(size: number, findings: Findings): number {
  return largestSize(findings.claims.filter((claim) => claim.size < size && isConfirmed(claim, findings)));
}

/** Not Math.max(...): there may be more claims than a call takes arguments. */
function largestSize(claims: readonly Claim[]): number {
  return claims.reduce((largest, { size }) => Math.max(largest, size), 0);
}

function isConfirmed(claim: Claim, { origin, roots }: Findings): boolean {
  return claim.signature === 'signed' && claim.origin === origin && roots.get(claim.size) === claim.root;
}

function nameOf({ source, where }: Claim): string {
  if (source === 'memory') return `the last checkpoint that was signed here (${where})`;
  return source === 'anchor' ? `the anchor ${where}` : 'the checkpoint';
}

function range(after: number, to: number): Range | null {
  return to > after ? { from: after + 1, to } : null;
}

/** Problems of no event in particular come last. */
function order(problem: Problem): number {
  return problem.seq ?? Number.POSITIVE_INFINITY;
}
