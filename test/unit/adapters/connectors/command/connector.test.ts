import { describe, expect, it } from 'vitest';
import { createCommandConnector } from '../../../../../src/adapters/connectors/command/connector.js';
import type { AgentEvent } from '../../../../../src/domain/run/agent-event.js';
import { sampleAgent, sampleOrder } from '../../../../support/connector-samples.js';

const connector = createCommandConnector({ PATH: process.env['PATH'] });
const agent = sampleAgent({ argv: ['node', 'agent.mjs', '--fast'] });

describe('the command connector', () => {
  it('starts exactly what was registered, with the briefing on stdin', () => {
    expect(connector.plan(sampleOrder({ agent, env: { TOKEN: 'x' } }))).toEqual({ argv: ['node', 'agent.mjs', '--fast'], env: { TOKEN: 'x' }, stdin: '# Do it\n', files: [] });
  });

  it.each([[[]], [['']]])('refuses a registration without a program: %j', (argv) => {
    expect(() => connector.plan(sampleOrder({ agent: sampleAgent({ argv }) }))).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', hint: 'ai agent update ada -- PROGRAM [ARGUMENT…]' }));
  });

  it('finds the program without starting it', async () => {
    expect(await connector.detect(agent)).toMatchObject({ installed: true, path: expect.stringMatching(/^\/.*node$/) as unknown, problem: null });
    expect(await connector.detect(sampleAgent({ argv: ['no-such-program-here'] }))).toMatchObject({ installed: false, problem: expect.stringContaining('no-such-program-here') as unknown });
    expect(await connector.detect(sampleAgent({ argv: ['./agent.sh'] }))).toMatchObject({ installed: true, path: null });
    expect(await connector.detect(sampleAgent())).toMatchObject({ installed: false });
    expect(await connector.detect(null)).toMatchObject({ installed: true, version: null, loggedIn: null });
  });

  const classify = (exitCode: number, lastEvents: readonly AgentEvent[], stderrTail = '') => connector.classify({ exit: { exitCode, signal: null }, stderrTail, lastEvents });

  it('believes the exit code', () => {
    expect(classify(0, [])).toEqual({ errorClass: null, message: null, retryAfterMs: null });
    expect(classify(3, [], 'no\nidea\u0007\n')).toEqual({ errorClass: 'unknown', message: 'The agent exited with 3. Its last words: no | idea\\u{7}', retryAfterMs: null });
    expect(classify(127, []).errorClass).toBe('tool_missing');
    expect(classify(137, []).errorClass).toBe('agent_crash');
  });

  it('believes an agent that says that it failed, and not one that says that it is done and then fails', () => {
    expect(classify(0, [{ type: 'result', ok: false, text: 'cannot' }])).toEqual({ errorClass: 'unknown', message: 'cannot', retryAfterMs: null });
    expect(classify(0, [{ type: 'result', ok: false, text: '' }]).message).toContain('without a reason');
    expect(classify(0, [{ type: 'result', ok: true, text: 'done' }]).errorClass).toBeNull();
    expect(classify(2, [{ type: 'result', ok: true, text: 'done' }]).errorClass).toBe('unknown');
  });
});
