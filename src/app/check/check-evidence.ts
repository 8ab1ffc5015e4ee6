import { AiError } from '../../domain/kernel/errors.js';
import type { CommitEvidence, CommitFacts } from '../../ports/change-source.js';
import type { CheckDeps, CheckInput } from './check-input.js';
import { readClaims, type CommitClaims } from './commit-claims.js';
import type { Findings } from './findings.js';

interface EvidenceCheck {
  readonly deps: CheckDeps;
  readonly input: CheckInput;
  readonly findings: Findings;
  /** The commit that the range starts from. */
  readonly base: string | null;
}

/** `--require-evidence`: each commit of an agent has a run, a decision that allowed it, evidence as claimed, and a signature. Answers how many commits were looked at. */
export async function checkEvidence({ deps, input, findings, base }: EvidenceCheck): Promise<number> {
  const { target } = input;
  if (target.kind !== 'range') throw new AiError({ code: 'USAGE', message: 'Evidence belongs to commits, so --require-evidence needs a range of them.', hint: 'ai policy check --base origin/main --require-evidence' });
  if (deps.readEvidence === null) throw new AiError({ code: 'INVALID_INPUT', message: 'Evidence was asked for, and it can\'t be read here.', hint: 'git fetch origin refs/notes/ai:refs/notes/ai' });
  const commits = await deps.changes.commits(target.base, target.head);
  for (const commit of commits) {
    const claims = readClaims(commit, input.agentEmails);
    if (!claims.byAgent) continue;
    const evidence = await deps.readEvidence(commit, base);
    for (const { rule, message, fix } of problemsOf(commit, claims, evidence)) {
      findings.add('deny', { rule, layer: null, at: null, points: ['commit'], path: null, commit: commit.id, message, why: null, fix });
    }
  }
  return commits.length;
}

interface Problem {
  readonly rule: 'commit-without-run' | 'commit-without-decision' | 'evidence-digest-mismatch' | 'evidence-unsigned' | 'agent-commit-without-notes';
  readonly message: string;
  readonly fix: string;
}

const FETCH_NOTES = 'Fetch the notes (git fetch origin refs/notes/ai:refs/notes/ai); if there are none, have the work done again through ai.';
const REDO = 'Find out where the commit comes from, then have the work done again through ai.';

function problemsOf(commit: CommitFacts, claims: CommitClaims, evidence: CommitEvidence | null): Problem[] {
  const name = commit.id.slice(0, 12);
  const problems: Problem[] = [];
  if (claims.run === null) problems.push({ rule: 'commit-without-run', message: `${name} is the commit of an agent and names no run (trailer AI-Run).`, fix: REDO });
  if (evidence === null) return [...problems, { rule: 'agent-commit-without-notes', message: `${name} is the commit of an agent and no evidence is kept with it (refs/notes/ai).`, fix: FETCH_NOTES }];
  if (claims.run !== null && evidence.run !== claims.run) problems.push({ rule: 'commit-without-run', message: `${name} names run ${claims.run}, and its evidence is about ${evidence.run ?? 'no run'}.`, fix: REDO });
  if (evidence.decision?.effect !== 'allow') problems.push({ rule: 'commit-without-decision', message: `No decision on record allowed the work of ${name}.`, fix: REDO });
  return [...problems, ...digestProblems(name, claims, evidence), ...signatureProblems(name, evidence)];
}

function digestProblems(name: string, claims: CommitClaims, evidence: CommitEvidence): Problem[] {
  const rule = 'evidence-digest-mismatch';
  const wrong = evidence.digests.filter(({ claimed, found }) => claimed !== found);
  const problems: Problem[] = wrong.map(({ kind, found }) => ({ rule, message: `The ${kind} of ${name} ${found === null ? 'is missing' : 'is not the one that was signed'}.`, fix: REDO }));
  if (claims.evidence !== null && !evidence.digests.some(({ claimed }) => claimed === claims.evidence)) problems.push({ rule, message: `${name} names evidence (trailer AI-Evidence) that is not kept with it.`, fix: FETCH_NOTES });
  return problems;
}

const SIGNATURES: Readonly<Record<Exclude<CommitEvidence['signature'], 'valid'>, string>> = {
  unsigned: 'is not signed',
  invalid: 'has a signature that does not fit its content',
  untrusted: 'is signed with a key that is not trusted here',
};

function signatureProblems(name: string, { signature }: CommitEvidence): Problem[] {
  return signature === 'valid' ? [] : [{ rule: 'evidence-unsigned', message: `The evidence of ${name} ${SIGNATURES[signature]}.`, fix: REDO }];
}
