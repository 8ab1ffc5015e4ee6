import { quote } from '../kernel/ids.js';
import type { HookRequest } from './hook-protocol.js';
import type { ToolCall } from './tool-call.js';

export type ReadCall = { readonly ok: true; readonly call: ToolCall } | { readonly ok: false; readonly problem: string };

const MAX_NAME_CHARACTERS = 200;
const MAX_CWD_CHARACTERS = 4_096;

type Reader = (payload: Readonly<Record<string, unknown>>) => ReadCall;

/** By client and event, as they stand in the hook's command line. */
const READERS: ReadonlyMap<string, Reader> = new Map([['claude-code pre-tool-use', readClaudeCode]]);

/** What a client's hook was called about. Whatever is not known exactly is a problem, and a problem is a denial. Never throws. */
export function readPayload({ client, event, payload }: HookRequest): ReadCall {
  const read = READERS.get(`${client} ${event}`);
  if (read === undefined) return problem(`the event ${quote(event)} of the client ${quote(client)} is not known`);
  if (!isObject(payload)) return problem('its input is no JSON object');
  return read(payload);
}

function readClaudeCode(payload: Readonly<Record<string, unknown>>): ReadCall {
  const { hook_event_name: event, tool_name: tool, tool_input: input, tool_use_id: id, cwd } = payload;
  if (event !== 'PreToolUse') return problem(`its input is about ${typeof event === 'string' ? quote(event) : 'no event'}, not about "PreToolUse"`);
  if (!isName(tool)) return problem('its input names no tool');
  if (!isObject(input)) return problem(`its input has no arguments for ${quote(tool)}`);
  if (typeof cwd !== 'string' || !cwd.startsWith('/') || cwd.length > MAX_CWD_CHARACTERS) return problem('its input names no working folder');
  if (id !== undefined && id !== null && !isName(id)) return problem('its input names the call in a way that is not known');
  return { ok: true, call: { id: id ?? null, tool, input, cwd } };
}

const problem = (text: string): ReadCall => ({ ok: false, problem: text });
const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= MAX_NAME_CHARACTERS;
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
