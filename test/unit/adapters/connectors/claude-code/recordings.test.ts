import { describe, expect, it } from 'vitest';
import { classifyClaudeCode } from '../../../../../src/adapters/connectors/claude-code/classify.js';
import { ClaudeCodeParser } from '../../../../../src/adapters/connectors/claude-code/parser.js';
import type { ErrorClass } from '../../../../../src/domain/run/error-class.js';
import type { ProcessExit } from '../../../../../src/ports/processes.js';
import { eventsOf, parseWhole, readTranscript, transcriptNames } from '../../../../support/connector-samples.js';

const CLIENT = 'claude-code';
const exited = (exitCode: number): ProcessExit => ({ exitCode, signal: null });

/** What every recorded run of the real client has to be, with the exit it had. null: the client says that it is done. */
const EXPECTED: Readonly<Record<string, readonly [ErrorClass | null, ProcessExit]>> = {
  '402-billing': ['quota', exited(1)],
  '403': ['auth', exited(1)],
  '404-model': ['auth', exited(1)],
  '413': ['context_too_long', exited(1)],
  '429': ['rate_limit', exited(1)],
  '429-default-retries': ['rate_limit', exited(1)],
  '500': ['overloaded', exited(1)],
  '529': ['overloaded', exited(1)],
  '529-then-ok': [null, exited(0)],
  'background-bash': [null, { exitCode: null, signal: 'SIGTERM' }],
  'control-can_use_tool': [null, exited(0)],
  'control-hook-callback': [null, exited(0)],
  'control-interrupt': ['agent_crash', exited(1)],
  'control-interrupt-bash': ['agent_crash', exited(1)],
  econnrefused: ['network', exited(1)],
  'error-401': ['auth', exited(1)],
  'error-401-retries0': ['auth', exited(1)],
  'hook-deny': [null, exited(0)],
  'hook-events': [null, exited(0)],
  'hook-exit2': [null, exited(0)],
  'hook-timeout-failopen': [null, exited(0)],
  json: [null, exited(0)],
  'json-schema': [null, exited(0)],
  'json-schema-refused': [null, exited(0)],
  'max-budget': ['budget', exited(1)],
  'max-turns': ['unknown', exited(1)],
  mcp: [null, exited(0)],
  'no-key': ['auth', exited(1)],
  'partial-messages': [null, exited(0)],
  'permission-denied': ['permission', exited(0)],
  'permission-dontask': [null, exited(0)],
  'permission-plan': ['permission', exited(0)],
  'permission-prompt-tool-mcp': [null, exited(0)],
  'planned-2.1.197': [null, exited(0)],
  'planned-2.1.329': [null, exited(0)],
  'prompt-too-long': ['context_too_long', exited(1)],
  'prompt-too-long-local': ['context_too_long', exited(1)],
  recommended: [null, exited(0)],
  resume: [null, exited(0)],
  'sigint-bash': ['agent_crash', exited(0)],
  'sigint-stream': ['agent_crash', exited(0)],
  'sigterm-bash': ['agent_crash', exited(143)],
  skills: [null, exited(0)],
  'stream-dropped': ['network', exited(1)],
  success: [null, exited(0)],
  'success-2.1.197': [null, exited(0)],
  'two-turns': [null, exited(0)],
};

const parse = (name: string) => parseWhole(new ClaudeCodeParser(), readTranscript(CLIENT, name));

describe('recorded runs of Claude Code', () => {
  it('are all in the table', () => {
    expect([...transcriptNames(CLIENT)].sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED).map(([name, [errorClass, exit]]) => ({ name, errorClass, exit })))('$name is $errorClass', ({ name, errorClass, exit }) => {
    const verdict = classifyClaudeCode({ exit, stderrTail: '', lastEvents: parse(name) });
    expect(verdict.errorClass).toBe(errorClass);
    expect(verdict.message === null).toBe(errorClass === null);
  });

  it.each(Object.entries(EXPECTED).map(([name, [errorClass, exit]]) => ({ name, errorClass, exit })))('$name is the same when only its last three events are known', ({ name, errorClass, exit }) => {
    const verdict = classifyClaudeCode({ exit, stderrTail: '', lastEvents: parse(name).slice(-3) });
    expect(verdict.errorClass).toBe(errorClass);
  });

  it.each(transcriptNames(CLIENT))('%s has one end at most, after its start', (name) => {
    const events = parse(name);
    expect(eventsOf(events, 'result').length).toBe(name.startsWith('sigterm') || name === 'sigint-bash' ? 0 : 1);
    expect(eventsOf(events, 'started').length).toBeLessThanOrEqual(1);
  });

  it.each(transcriptNames(CLIENT))('%s is understood, but for frames of the control protocol and notes', (name) => {
    for (const raw of eventsOf(parse(name), 'raw')) expect(raw.text).toMatch(/"type":"(?:control_request|control_response)"|"subtype":"informational"/);
  });

  it('name the failure in words of the client', () => {
    const message = (name: string) => classifyClaudeCode({ exit: exited(1), stderrTail: '', lastEvents: parse(name) }).message;
    expect(message('error-401')).toBe('Invalid API key · Fix external API key');
    expect(message('max-budget')).toBe('Reached maximum budget ($0.001)');
    expect(message('permission-denied')).toBe('Everything that would have changed something was refused: Write, Bash.');
  });

  it('pass on how long the client itself waited before it gave up', () => {
    const verdict = classifyClaudeCode({ exit: exited(1), stderrTail: '', lastEvents: parse('429') });
    expect(verdict.retryAfterMs).toBe(1170);
  });
});
