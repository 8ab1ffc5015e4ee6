import type { CommitFacts } from '../../ports/change-source.js';

/** What a commit says of itself. Claims only: what they are worth, the evidence says. */
export interface CommitClaims {
  readonly byAgent: boolean;
  /** Trailer AI-Run. */
  readonly run: string | null;
  /** Trailer AI-Evidence: a SHA-256 in hex, without its prefix. */
  readonly evidence: string | null;
}

/** Under which agents are known to commit, beside ourselves. */
const AGENT_EMAILS = ['ai@localhost', 'noreply@anthropic.com', 'cursoragent@cursor.com', 'copilot@users.noreply.github.com', 'codex@openai.com', 'noreply@aider.chat', 'devin-ai-integration[bot]@users.noreply.github.com'];
/** Anywhere in the message: squashing commits moves trailers away from the end. */
const TRAILER = /^[ \t]*(ai-task|ai-run|ai-agent|ai-evidence|co-authored-by)[ \t]*:[ \t]*(.*)$/gim;

/** Whether an agent made the commit, by its trailers and by the addresses of author, committer and co-authors. */
export function readClaims(commit: CommitFacts, moreEmails: readonly string[]): CommitClaims {
  const trailers = new Map<string, string>();
  const emails = [commit.author.email, commit.committer.email];
  for (const [, name = '', value = ''] of commit.message.matchAll(TRAILER)) {
    const key = name.toLowerCase();
    if (key === 'co-authored-by') emails.push(/<([^<>]*)>/.exec(value)?.[1] ?? '');
    else if (!trailers.has(key)) trailers.set(key, value.trim());
  }
  const known = new Set([...AGENT_EMAILS, ...moreEmails].map((email) => email.toLowerCase()));
  const byAgent = trailers.size > 0 || emails.some((email) => known.has(plainEmail(email)));
  return { byAgent, run: orNull(trailers.get('ai-run')), evidence: orNull(trailers.get('ai-evidence')?.replace(/^sha256:/i, '').toLowerCase()) };
}

/** GitHub puts a number before the name in addresses that it hides: `123+name@users.noreply.github.com`. */
const plainEmail = (email: string): string => email.trim().toLowerCase().replace(/^\d+\+/, '');

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);
