import { AiError } from './errors.js';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

export type TaskId = Branded<string, 'TaskId'>;
export type SubtaskId = Branded<string, 'SubtaskId'>;
export type RunId = Branded<string, 'RunId'>;
/** Chosen by the user: a slug such as `claude` or `nightly-coder`. */
export type AgentId = Branded<string, 'AgentId'>;
/** Fencing token: one increasing integer for the whole database, epoch * 2^32 + counter, below 2^53. */
export type FencingToken = Branded<number, 'FencingToken'>;

/** Crockford base32 in lower case: no i, l, o, u, so that ids survive being read aloud. */
export const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
export const ID_LENGTH = 6;

const PREFIXES = { task: 't', subtask: 's', run: 'r' } as const;
export type IdKind = keyof typeof PREFIXES;
interface IdTypes {
  task: TaskId;
  subtask: SubtaskId;
  run: RunId;
}

/** Builds an id from random bytes handed in (at least six; each byte gives one character). */
export function makeId<K extends IdKind>(kind: K, randomBytes: Uint8Array): IdTypes[K] {
  return makeName(PREFIXES[kind], randomBytes.subarray(0, ID_LENGTH)) as IdTypes[K];
}

/** A letter, a dash and one character for each random byte: ids of records that are longer than those people type. */
export function makeName(letter: string, randomBytes: Uint8Array): string {
  let text = '';
  for (const byte of randomBytes) text += ID_ALPHABET[byte & 31] ?? '';
  return `${letter}-${text}`;
}

/**
 * Reads what a person typed as an id or the beginning of one: `t-4k9x2m`, `4k9`, `T-4K9`.
 * Crockford's look-alikes are folded (o to 0, i and l to 1).
 * Throws INVALID_INPUT when it can't be the beginning of an id of that kind.
 */
export function parseIdPrefix(kind: IdKind, text: string): string {
  const letter = PREFIXES[kind];
  const folded = text.trim().toLowerCase();
  const body = (folded.startsWith(`${letter}-`) ? folded.slice(2) : folded).replaceAll('o', '0').replaceAll(/[il]/g, '1');
  const valid = body.length >= 1 && body.length <= ID_LENGTH && !/[^0-9a-hjkmnp-tv-z]/.test(body);
  if (!valid) {
    throw new AiError({
      code: 'INVALID_INPUT',
      message: `${quote(text)} is not ${kind === 'run' ? 'a run' : `a ${kind}`} id: an id is "${letter}-" and up to ${ID_LENGTH} letters or digits.`,
      hint: kind === 'run' ? 'ai task timeline ID' : 'ai task list',
    });
  }
  return `${letter}-${body}`;
}

const AGENT_ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Throws INVALID_INPUT unless the text can name an agent. */
export function parseAgentId(text: string): AgentId {
  if (!AGENT_ID.test(text)) {
    throw new AiError({
      code: 'INVALID_INPUT',
      message: `${quote(text)} can't name an agent: use 1 to 63 of a-z, 0-9, ".", "_" and "-", starting with a letter or digit.`,
      hint: 'ai agent register coder --connector command -- ./my-agent.sh',
    });
  }
  return text as AgentId;
}

/** Throws INVALID_INPUT unless the text is a whole number that can be a fencing token. */
export function parseFencingToken(text: string): FencingToken {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new AiError({
      code: 'INVALID_INPUT',
      message: `${quote(text)} is not a lease token: it is the whole number that \`ai task claim --json\` answered in lease.token.`,
      hint: 'ai task claim ID --as WHO --json',
    });
  }
  return value as FencingToken;
}

/** Quotes user text for a message: bounded, with control characters made visible. */
export function quote(text: string): string {
  const visible = JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
  return visible.replaceAll(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
