import type { ErrorClass } from '../../../domain/run/error-class.js';

/** Everything a failing frame may say about its reason. */
export interface FailureSigns {
  readonly subtype: string | null;
  readonly terminalReason: string | null;
  readonly httpStatus: number | null;
  /** The client's own word for an API error. */
  readonly code: string | null;
  readonly text: string;
}

/** Ends that say why by themselves. `api_error`, `completed` and the aborts do not. */
const BY_TERMINAL_REASON: Readonly<Record<string, ErrorClass>> = {
  prompt_too_long: 'context_too_long',
  blocking_limit: 'context_too_long',
  budget_exhausted: 'budget',
  hook_stopped: 'policy',
  stop_hook_prevented: 'policy',
  aborted_streaming: 'agent_crash',
  aborted_tools: 'agent_crash',
};

const BY_SUBTYPE: Readonly<Record<string, ErrorClass>> = {
  error_max_budget_usd: 'budget',
  error_max_structured_output_retries: 'invalid_output',
};

/** A model that does not exist or is not for this account is a matter of the account: `auth` pauses the agent and tells the person. */
const BY_CODE: Readonly<Record<string, ErrorClass>> = {
  authentication_failed: 'auth',
  oauth_org_not_allowed: 'auth',
  account_on_hold: 'auth',
  verification_required: 'auth',
  cloud_credential_error: 'auth',
  model_not_found: 'auth',
  billing_error: 'quota',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
  max_output_tokens: 'invalid_output',
};

/** Said for servers that failed and for servers that were never reached, so that prose goes first. */
const BY_VAGUE_CODE: Readonly<Record<string, ErrorClass>> = { server_error: 'overloaded' };

const PROSE: readonly (readonly [RegExp, ErrorClass])[] = [
  [/prompt is too long|context window|request too large|input is too long/i, 'context_too_long'],
  [/credit balance|insufficient (?:credits?|funds|quota)|billing/i, 'quota'],
  [/not logged in|\/login\b|invalid (?:api key|x-api-key|bearer token)|failed to authenticate|oauth token|authentication[ _]error/i, 'auth'],
  [/rate limit|(?:usage|session|weekly|hourly) limit|too many requests/i, 'rate_limit'],
  [/overloaded|at capacity|internal server error|bad gateway|service unavailable/i, 'overloaded'],
  [/\bE(?:CONN(?:REFUSED|RESET|ABORTED)|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE)\b/, 'network'],
  [/connection (?:refused|dropped|reset|error|closed)|socket hang up|fetch failed|unable to connect|getaddrinfo|certificate|request timed out/i, 'network'],
];

/** Prose is looked for at the beginning only: it is a sentence of the client, not an essay of the model. */
const PROSE_CHARACTERS = 2_000;

/** Why a run of Claude Code failed: typed fields first, then the HTTP status, then known sentences. */
export function classOfFailure(signs: FailureSigns): ErrorClass {
  return (
    lookUp(BY_TERMINAL_REASON, signs.terminalReason) ??
    lookUp(BY_SUBTYPE, signs.subtype) ??
    classOfStatus(signs.httpStatus) ??
    lookUp(BY_CODE, signs.code) ??
    classOfProse(signs.text) ??
    lookUp(BY_VAGUE_CODE, signs.code) ??
    'unknown'
  );
}

/** null for a sentence that is not known. */
export function classOfProse(text: string): ErrorClass | null {
  const beginning = text.slice(0, PROSE_CHARACTERS);
  const status = /\bAPI Error:? \(?(\d{3})\b/i.exec(beginning);
  return classOfStatus(status === null ? null : Number(status[1])) ?? PROSE.find(([pattern]) => pattern.test(beginning))?.[1] ?? null;
}

function classOfStatus(status: number | null): ErrorClass | null {
  switch (status) {
    case null:
      return null;
    case 401:
    case 403:
    case 404:
      return 'auth';
    case 402:
      return 'quota';
    case 408:
      return 'network';
    case 413:
      return 'context_too_long';
    case 429:
      return 'rate_limit';
    default:
      return status >= 500 && status <= 599 ? 'overloaded' : null;
  }
}

function lookUp(table: Readonly<Record<string, ErrorClass>>, key: string | null): ErrorClass | null {
  return key !== null && Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}
