import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOfFailure, classOfProse, type FailureSigns } from '../../../../../src/adapters/connectors/claude-code/failure-class.js';
import { classifyClaudeCode } from '../../../../../src/adapters/connectors/claude-code/classify.js';
import { ERROR_CLASSES } from '../../../../../src/domain/run/error-class.js';

const signs = (changes: Partial<FailureSigns>): FailureSigns => ({ subtype: null, terminalReason: null, httpStatus: null, code: null, text: '', ...changes });

describe('why a run failed', () => {
  it.each([
    [{ terminalReason: 'prompt_too_long', httpStatus: 400 }, 'context_too_long'],
    [{ terminalReason: 'image_error', httpStatus: 413, code: 'invalid_request' }, 'context_too_long'],
    [{ terminalReason: 'hook_stopped' }, 'policy'],
    [{ subtype: 'error_max_structured_output_retries' }, 'invalid_output'],
    [{ httpStatus: 529, code: 'server_error' }, 'overloaded'],
    [{ httpStatus: 504 }, 'overloaded'],
    [{ httpStatus: 408 }, 'network'],
    [{ httpStatus: 400, code: 'invalid_request' }, 'unknown'],
    [{ code: 'server_error', text: 'Connection refused (ECONNREFUSED)' }, 'network'],
    [{ code: 'server_error' }, 'overloaded'],
    [{ code: 'account_on_hold' }, 'auth'],
    [{ code: 'model_not_found' }, 'auth'],
    [{ text: 'API Error: 529 Overloaded' }, 'overloaded'],
    [{ text: 'You have reached your weekly limit' }, 'rate_limit'],
    [{ code: '__proto__', terminalReason: 'constructor', subtype: 'toString' }, 'unknown'],
  ] as const)('%j is %s', (changes, expected) => {
    expect(classOfFailure(signs(changes))).toBe(expected);
  });

  it('always has an answer, and prose that is not known has none', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), fc.option(fc.integer()), fc.option(fc.string()), fc.string(), (terminalReason, httpStatus, code, text) => {
        expect(ERROR_CLASSES).toContain(classOfFailure(signs({ terminalReason, httpStatus, code, text })));
      }),
    );
    expect(classOfProse('I wrote the file.')).toBeNull();
  });
});

describe('a run without an answer', () => {
  const classify = (exitCode: number | null, stderrTail: string, signal: string | null = null) => classifyClaudeCode({ exit: { exitCode, signal }, stderrTail, lastEvents: [] });

  it.each([
    [0, '', 'agent_crash'],
    [1, 'error: unknown option \'--setting-sources\'', 'tool_missing'],
    [1, 'Invalid API key', 'auth'],
    [1, 'Error: Session ID abc is already in use.', 'unknown'],
    [127, 'sh: claude: not found', 'tool_missing'],
    [143, '', 'agent_crash'],
  ] as const)('exit %d with %j is %s', (exitCode, stderr, expected) => {
    expect(classify(exitCode, stderr).errorClass).toBe(expected);
  });

  it('that was ended by a signal is a crash, and says which', () => {
    expect(classify(null, '', 'SIGKILL')).toEqual({ errorClass: 'agent_crash', message: 'The agent was ended by SIGKILL.', retryAfterMs: null });
  });

  it('repeats the last words of stderr, made safe', () => {
    expect(classify(1, 'one\n\u001b[31mtwo\u001b[0m\n').message).toBe('The agent exited with 1. Its last words: one | \\u{1b}[31mtwo\\u{1b}[0m');
  });

  it('has the class of an error that nothing came after', () => {
    const error = { type: 'error', class: 'rate_limit', message: 'HTTP 429', retryAfterMs: 900 } as const;
    const facts = { exit: { exitCode: 1, signal: null }, stderrTail: '' };
    expect(classifyClaudeCode({ ...facts, lastEvents: [error] })).toEqual({ errorClass: 'rate_limit', message: 'HTTP 429', retryAfterMs: 900 });
    expect(classifyClaudeCode({ ...facts, lastEvents: [error, { type: 'text', delta: 'going on' }] }).errorClass).toBe('unknown');
  });
});

describe('a run with an answer', () => {
  const error = { type: 'error', class: 'overloaded', message: 'HTTP 529', retryAfterMs: null } as const;
  const done = { type: 'result', ok: true, text: '' } as const;
  const classify = (...lastEvents: Parameters<typeof classifyClaudeCode>[0]['lastEvents'][number][]) => classifyClaudeCode({ exit: { exitCode: 0, signal: null }, stderrTail: '', lastEvents }).errorClass;

  it('has left behind what went wrong before it, and not what went wrong after', () => {
    expect(classify(error, done)).toBeNull();
    expect(classify(done, error)).toBe('overloaded');
    expect(classify(done, error, { type: 'text', delta: 'went on' })).toBeNull();
  });

  it('that is a failure without a reason is classified by its words', () => {
    expect(classify({ type: 'result', ok: false, text: 'API Error: 429' })).toBe('rate_limit');
    expect(classify({ type: 'result', ok: false, text: '' })).toBe('unknown');
  });
});
