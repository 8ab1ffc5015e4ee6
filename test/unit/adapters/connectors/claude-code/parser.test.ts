import { describe, expect, it } from 'vitest';
import { ClaudeCodeParser } from '../../../../../src/adapters/connectors/claude-code/parser.js';
import { Session } from '../../../../../src/adapters/connectors/claude-code/session.js';
import type { AgentEvent } from '../../../../../src/domain/run/agent-event.js';
import { eventsOf, parseWhole, readTranscript, withJoinedText } from '../../../../support/connector-samples.js';

const record = (name: string): readonly AgentEvent[] => parseWhole(new ClaudeCodeParser(), readTranscript('claude-code', name));
const parse = (...frames: readonly unknown[]): readonly AgentEvent[] => parseWhole(new ClaudeCodeParser(), Buffer.from(frames.map((frame) => `${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n`).join('')));
const assistant = (content: unknown, more: object = {}): object => ({ message: { id: 'msg_1', content }, parent_tool_use_id: null, type: 'assistant', ...more });
const toolResult = (id: string, more: object = {}): object => ({ type: 'user', message: { role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content: 'ok', ...more }] } });
const call = (id: string, name: string, input: object): object => assistant([{ type: 'tool_use', id, name, input }]);

describe('a successful run of Claude Code', () => {
  it('tells what the agent did, in order', () => {
    expect(record('success').filter((event) => event.type !== 'usage' && event.type !== 'tool_result')).toEqual([
      { type: 'started', sessionRef: 'c933c64d-ff14-4db0-8438-720a395aa400', model: 'claude-opus-5-5' },
      { type: 'text', delta: 'I will write the file.' },
      expect.objectContaining({ type: 'tool_call', name: 'Write' }),
      { type: 'file_change', path: 'hello.test.mjs', kind: 'added' },
      { type: 'text', delta: 'Now run the tests.' },
      expect.objectContaining({ type: 'tool_call', name: 'Bash' }),
      { type: 'command', text: 'node --test' },
      { type: 'text', delta: 'All done: file written and tests pass.' },
      { type: 'result', ok: true, text: 'All done: file written and tests pass.' },
    ]);
  });

  it('takes the totals from the totals by model, cache included, without the noise of binary fractions', () => {
    expect(eventsOf(record('success'), 'usage')).toEqual([{ type: 'usage', inputTokens: 4800, outputTokens: 126, costUsd: '0.0186', cumulative: true }]);
    expect(eventsOf(record('529-then-ok'), 'usage').map((event) => event.costUsd)).toEqual(['0.0062']);
  });

  it('has the totals of this run alone, also when the client carries on those of the resumed session', () => {
    expect(eventsOf(record('resume'), 'usage')).toEqual([{ type: 'usage', inputTokens: 1600, outputTokens: 42, costUsd: '0.0062', cumulative: true }]);
    expect(eventsOf(record('success-2.1.197'), 'usage')).toEqual([{ type: 'usage', inputTokens: 4800, outputTokens: 126, costUsd: '0.023475', cumulative: true }]);
  });

  it('reads a client of an older version alike', () => {
    const types = (name: string) => record(name).map((event) => event.type);
    expect(types('success-2.1.197')).toEqual(types('success'));
  });

  it('tells text once when the client also sends it piece by piece', () => {
    const texts = (name: string) => withJoinedText(eventsOf(record(name), 'text'));
    expect(texts('partial-messages')).toEqual(texts('success'));
  });

  it('is the same in every supported version, as our plan starts it', () => {
    const said = (name: string) => withJoinedText(record(name)).filter(({ type }) => !['started', 'usage', 'tool_call', 'tool_result'].includes(type));
    expect(said('planned-2.1.197')).toEqual(said('planned-2.1.329'));
    expect(said('planned-2.1.329').slice(-5)).toEqual([
      { type: 'text', delta: 'I run a command.' },
      { type: 'command', text: 'node sum.test.mjs' },
      { type: 'thought', delta: 'It adds now.' },
      { type: 'text', delta: 'The test passes now: größer ✔.' },
      { type: 'result', ok: true, text: 'The test passes now: größer ✔.' },
    ]);
  });

  it('has the structured result of a run with a schema', () => {
    expect(eventsOf(record('json-schema'), 'result')[0]?.structured).toEqual({ ok: true, note: 'n' });
  });

  it('ends once, and counts the totals of a second turn', () => {
    const events = record('two-turns');
    expect(eventsOf(events, 'result')).toHaveLength(1);
    expect(eventsOf(events, 'usage').map((event) => event.costUsd)).toEqual(['0.0062', '0.0124']);
  });
});

describe('refusals', () => {
  it.each(['permission-denied', 'permission-dontask', 'permission-plan', 'permission-prompt-tool-mcp', 'hook-deny', 'hook-exit2', 'control-can_use_tool', 'control-hook-callback', 'recommended', 'planned-2.1.329', 'planned-2.1.197'])('%s: as many denied results as the client lists', (name) => {
    const listed = readTranscript('claude-code', name)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; permission_denials?: readonly { tool_use_id: string }[] })
      .find((frame) => frame.type === 'result')?.permission_denials;
    const denied = eventsOf(record(name), 'tool_result').filter((event) => event.denied);
    expect(denied.map((event) => event.id)).toEqual(listed?.map((denial) => denial.tool_use_id));
  });

  it('are known by their words in clients that say nothing else', () => {
    const [result] = eventsOf(parse(call('t1', 'Write', { file_path: '/x' }), toolResult('t1', { is_error: true, content: "Claude requested permissions to write to /x, but you haven't granted it yet." })), 'tool_result');
    expect(result).toMatchObject({ ok: false, denied: true });
  });

  it('are not commands that failed or were interrupted', () => {
    expect(eventsOf(record('sigint-bash'), 'tool_result').map((event) => event.denied)).toEqual([false]);
    expect(eventsOf(record('sigterm-bash'), 'tool_result').map((event) => [event.ok, event.denied])).toEqual([[false, false]]);
  });

  it('are believed when the client announces them, whatever the result says', () => {
    const [result] = eventsOf(parse(call('t1', 'Bash', { command: 'x' }), { type: 'system', subtype: 'permission_denied', tool_use_id: 't1' }, toolResult('t1', { is_error: true, content: 'in new words' })), 'tool_result');
    expect(result?.denied).toBe(true);
  });

  it('by a hook that stops the client are a matter of policy, although it calls that a success', () => {
    const events = parse({ type: 'result', subtype: 'success', is_error: false, terminal_reason: 'hook_stopped', result: 'Not today.' });
    expect(eventsOf(events, 'error')).toMatchObject([{ class: 'policy', message: 'Not today.' }]);
    expect(eventsOf(events, 'result')).toMatchObject([{ ok: false }]);
  });

  it('fail the run when nothing that changes anything was allowed, even if the agent could read', () => {
    const events = parse(call('r', 'Read', { file_path: '/x' }), toolResult('r'), call('w', 'Write', { file_path: '/x' }), toolResult('w', { is_error: true, content: 'Permission to use Write has been denied' }), { type: 'result', subtype: 'success', is_error: false, result: 'done' });
    expect(eventsOf(events, 'result')).toEqual([{ type: 'result', ok: false, text: 'done' }]);
    expect(eventsOf(events, 'error')).toMatchObject([{ class: 'permission' }]);
  });
});

describe('single frames', () => {
  it('are read in any order of their keys', () => {
    expect(parse('{"session_id":"c933c64d-ff14-4db0-8438-720a395aa400","model":"m","subtype":"init","type":"system"}')).toEqual([{ type: 'started', sessionRef: 'c933c64d-ff14-4db0-8438-720a395aa400', model: 'm' }]);
  });

  it('never take a flag for a session', () => {
    expect(parse({ type: 'system', subtype: 'init', session_id: '--dangerously-skip-permissions', model: 'm' })).toEqual([{ type: 'started', sessionRef: null, model: 'm' }]);
  });

  it('that are no JSON, or not known, become raw events', () => {
    expect(parse('{"type":"assistant"', { type: 'telepathy', thought: 1 }, '[1]', { type: 'system', subtype: 'new_thing' })).toEqual([
      { type: 'raw', stream: 'stdout', text: '{"type":"assistant"', truncated: false },
      { type: 'raw', stream: 'stdout', text: '{"type":"telepathy","thought":1}', truncated: false },
      { type: 'raw', stream: 'stdout', text: '[1]', truncated: false },
      { type: 'raw', stream: 'stdout', text: '{"type":"system","subtype":"new_thing"}', truncated: false },
    ]);
  });

  it('with thoughts, questions and edits are told as such', () => {
    expect(
      parse(
        assistant([{ type: 'thinking', thinking: 'hm' }, { type: 'redacted_thinking', data: 'x' }]),
        call('q', 'AskUserQuestion', { questions: [{ question: 'Which one?' }, { question: 'When?' }] }),
        call('e', 'Edit', { file_path: '/elsewhere/a.ts' }),
        toolResult('e', {}),
      ).filter((event) => event.type !== 'tool_call' && event.type !== 'tool_result'),
    ).toEqual([
      { type: 'thought', delta: 'hm' },
      { type: 'question', text: 'Which one?\nWhen?' },
      { type: 'file_change', path: '/elsewhere/a.ts', kind: 'modified' },
    ]);
  });

  it('of a subagent are thoughts, not the answer', () => {
    expect(parse(assistant([{ type: 'text', text: 'inner' }], { parent_tool_use_id: 'toolu_1' }))).toEqual([{ type: 'thought', delta: 'inner' }]);
  });

  it('cannot change a prototype', () => {
    const events = parse('{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"X","input":{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}}]}}', '{"type":"result","subtype":"success","result":"r","structured_output":{"__proto__":{"polluted":1},"x":1}}', '{"__proto__":{"type":"result"}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(eventsOf(events, 'tool_call')[0]?.input).toEqual({ a: {} });
    expect(Object.getOwnPropertyNames(eventsOf(events, 'result')[0]?.structured)).toEqual(['x']);
    expect(eventsOf(events, 'raw')).toHaveLength(1);
  });

  it('with a huge or deep input give a bounded event', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const events = parse(`{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"Write","input":{"content":"${'x'.repeat(1_000_000)}","deep":${deep}}}]}}`);
    expect(JSON.stringify(events).length).toBeLessThan(20_000);
  });

  it('on stderr become raw events, one a line', () => {
    const parser = new ClaudeCodeParser();
    expect([...parser.push('stderr', Buffer.from('one\ntw')), ...parser.push('stderr', Buffer.from('o\n')), ...parser.end()]).toEqual([
      { type: 'raw', stream: 'stderr', text: 'one', truncated: false },
      { type: 'raw', stream: 'stderr', text: 'two', truncated: false },
    ]);
  });

  it('of a later turn that failed say so, and do not end the run again', () => {
    const ok = { type: 'result', subtype: 'success', is_error: false, result: 'done', modelUsage: {} };
    const events = parse(ok, { ...ok, is_error: true, api_error_status: 529, result: 'Overloaded' });
    expect(events.map((event) => event.type)).toEqual(['usage', 'result', 'usage', 'error']);
  });
});

describe('what is remembered of a run', () => {
  it('is bounded: of calls without a result the oldest are forgotten', () => {
    const session = new Session();
    for (let index = 0; index <= 1_000; index += 1) session.openCall(`call-${index}`, { name: 'Bash', path: null, denied: false });
    expect([session.closeCall('call-0'), session.closeCall('call-1')?.name, session.closeCall('call-1')]).toEqual([null, 'Bash', null]);
  });

  it('shows paths inside the workspace as the workspace sees them', () => {
    const session = new Session();
    expect(session.relativePath('/repo/a')).toBe('/repo/a');
    session.workingDirectory = '/repo';
    expect(['/repo/src/a.ts', '/repo/../etc/x', '/repository/a', '/repo', 'b.ts'].map((path) => session.relativePath(path))).toEqual(['src/a.ts', '/repo/../etc/x', '/repository/a', '/repo', 'b.ts']);
  });
});
