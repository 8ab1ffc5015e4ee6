import { describe, expect, it } from 'vitest';
import { parseHookAnswer, parseHookRequest } from '../../../../src/domain/live/hook-protocol.js';
import { readPayload } from '../../../../src/domain/live/read-payload.js';
import { unmatchedToolCalls } from '../../../../src/domain/live/unmatched-tool-calls.js';
import type { AgentEvent } from '../../../../src/domain/run/agent-event.js';

const called = (id: string): AgentEvent => ({ type: 'tool_call', id, name: 'Write', input: {} });
const result = (id: string, ok: boolean, rest: { denied?: boolean; summary?: string } = {}): AgentEvent => ({ type: 'tool_result', id, ok, summary: '', denied: false, ...rest });
const ALLOWED = new Map([['a', 'allow']] as const);

describe('calls without a decision', () => {
  it.each([
    ['decided and made', [called('a'), result('a', true)], []],
    ['made without a decision', [called('b'), result('b', true)], ['b undecided']],
    ['failed without a decision: it may have done something', [called('b'), result('b', false)], ['b undecided']],
    ['without a result', [called('b')], ['b undecided']],
    ['refused by the client itself', [called('b'), result('b', false, { summary: '<tool_use_error>Error: No such tool available: b' })], []],
    ['refused by the client, because the file was not read', [called('b'), result('b', false, { summary: '<tool_use_error>File has not been read yet.' })], []],
    ['a command that prints what a client says', [called('b'), result('b', false, { summary: 'Exit code 1\n<tool_use_error>x' })], ['b undecided']],
    ['broke while it was made', [called('b'), result('b', false, { summary: '<tool_use_error>Error calling tool (Write): x' })], ['b undecided']],
    ['denied by the client itself', [called('b'), result('b', false, { denied: true })], []],
    ['a result of nothing', [result('b', true)], []],
  ] as const)('%s', (_what, events, expected) => {
    expect(unmatchedToolCalls(events, ALLOWED).map(({ id, why }) => `${id} ${why}`)).toEqual(expected);
  });

  it('tells of a call that was made although it was denied', () => {
    const denied = new Map([['a', 'deny']] as const);
    expect(unmatchedToolCalls([called('a'), result('a', true)], denied)).toEqual([{ id: 'a', tool: 'Write', why: 'denied' }]);
    expect(unmatchedToolCalls([called('a'), result('a', false, { denied: true })], denied)).toEqual([]);
  });
});

describe('what a hook says', () => {
  const payload = { hook_event_name: 'PreToolUse', cwd: '/w', tool_name: 'Write', tool_input: { file_path: 'a' }, tool_use_id: 't' };
  const read = (changes: Readonly<Record<string, unknown>>, client = 'claude-code', event = 'pre-tool-use') => readPayload({ client, event, payload: { ...payload, ...changes } });

  it('is read', () => {
    expect(read({ tool_use_id: undefined })).toEqual({ ok: true, call: { id: null, tool: 'Write', input: { file_path: 'a' }, cwd: '/w' } });
  });

  it.each([[{ hook_event_name: 'PostToolUse' }], [{ hook_event_name: 7 }], [{ tool_name: '' }], [{ tool_name: 'x'.repeat(201) }], [{ tool_input: [] }], [{ tool_input: null }], [{ cwd: 'w' }], [{ cwd: undefined }], [{ tool_use_id: 7 }]])('is refused with %j', (changes) => {
    expect(read(changes).ok).toBe(false);
  });

  it('is refused from unknown clients, about unknown events, and as no object', () => {
    expect([read({}, 'toString'), read({}, 'claude-code', 'post-tool-use'), read({}, '__proto__', ''), readPayload({ client: 'claude-code', event: 'pre-tool-use', payload: null })].map(({ ok }) => ok)).toEqual([false, false, false, false]);
  });

  it.each(['', '{', 'null', '[]', '{"client":"a","event":"b"}', '{"client":1,"event":"b","payload":{}}'])('is no request: %s', (line) => {
    expect(parseHookRequest(line)).toBeUndefined();
  });

  it.each(['', '{', '{}', '{"effect":"ask"}', '{"effect":"deny"}', '{"effect":["allow"]}', 'true'])('is no answer: %s', (line) => {
    expect(parseHookAnswer(line)).toBeUndefined();
  });
});
