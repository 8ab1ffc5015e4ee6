import type { ErrorClass } from './error-class.js';

/** What an agent does while it runs, in one form whatever the client. */
export type AgentEvent =
  | { readonly type: 'started'; readonly sessionRef: string | null; readonly model: string | null }
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'thought'; readonly delta: string }
  | { readonly type: 'tool_call'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'tool_result'; readonly id: string; readonly ok: boolean; readonly summary: string; readonly denied: boolean }
  | { readonly type: 'file_change'; readonly path: string; readonly kind: 'added' | 'modified' | 'deleted' }
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'usage'; readonly inputTokens: number | null; readonly outputTokens: number | null; readonly costUsd: string | null; readonly cumulative: boolean }
  | { readonly type: 'progress'; readonly percent: number | null; readonly note: string | null }
  | { readonly type: 'question'; readonly text: string }
  | { readonly type: 'error'; readonly class: ErrorClass; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly type: 'result'; readonly ok: boolean; readonly text: string; readonly structured?: unknown }
  | { readonly type: 'raw'; readonly stream: 'stdout' | 'stderr'; readonly text: string; readonly truncated: boolean };
