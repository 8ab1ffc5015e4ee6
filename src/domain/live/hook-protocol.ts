import type { LiveAnswer } from './tool-call.js';

/** Longest line that a hook's program sends, in bytes, its line break included. Longer input is denied unread. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** Longest answer, in bytes. */
export const MAX_ANSWER_BYTES = 64 * 1024;
/** After this time a hook's program denies by itself, in ms. */
export const HOOK_WATCHDOG_MS = 30_000;
/** After this time the client gives the hook up, and then it would let the call pass; far behind our own watchdog. */
export const HOOK_TIMEOUT_SECONDS = 120;

/** What travels over the socket: one line there, one line back. */
export interface HookRequest {
  readonly client: string;
  readonly event: string;
  /** As the client wrote it. */
  readonly payload: unknown;
}

/** Undefined for anything else than a request. */
export function parseHookRequest(line: string): HookRequest | undefined {
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  const { client, event } = value;
  return typeof client === 'string' && typeof event === 'string' && Object.hasOwn(value, 'payload') ? { client, event, payload: value['payload'] } : undefined;
}

/** Undefined for anything else than an answer: whoever asked must not act then. */
export function parseHookAnswer(line: string): LiveAnswer | undefined {
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  const { effect, reason } = value;
  if (effect === 'allow') return { effect, reason: null };
  return effect === 'deny' && typeof reason === 'string' ? { effect, reason } : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
