import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../../../../src/cli/style.js';
import { AgentEventLines } from '../../../../src/cli/present/agent-event-lines.js';
import type { AgentEvent } from '../../../../src/domain/run/agent-event.js';

function linesOf(events: readonly AgentEvent[]): string[] {
  const lines = new AgentEventLines(createStyle(false));
  return [...events.flatMap((event) => lines.push(event)), ...lines.end()];
}

const text = (delta: string): AgentEvent => ({ type: 'text', delta });

describe('what an agent does, as lines', () => {
  it('joins text that comes in pieces, and closes a line when something else happens', () => {
    expect(linesOf([text('Hel'), text('lo\nwor'), text('ld'), { type: 'command', text: 'npm test' }, text('again')])).toEqual(['Hello', 'world', '$ npm test', 'again']);
  });

  it('is the same however the text was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b ', '\n', '\r\n', '日') }), { maxLength: 20 }), (pieces) => {
        expect(linesOf(pieces.map(text))).toEqual(linesOf([text(pieces.join(''))]));
      }),
    );
  });

  it('tells thoughts from text', () => {
    expect(linesOf([{ type: 'thought', delta: 'hm' }, text('so'), { type: 'thought', delta: 'well' }])).toEqual(['~ hm', 'so', '~ well']);
  });

  it('has a line for each kind of event', () => {
    const events: AgentEvent[] = [
      { type: 'started', sessionRef: 's1', model: 'sonnet' },
      { type: 'tool_call', id: '1', name: 'Read', input: { file: 'a.ts' } },
      { type: 'tool_result', id: '1', ok: true, summary: '12 lines', denied: false },
      { type: 'tool_result', id: '2', ok: false, summary: 'no such file', denied: false },
      { type: 'tool_result', id: '3', ok: false, summary: 'outside', denied: true },
      { type: 'file_change', path: 'src/a.ts', kind: 'modified' },
      { type: 'usage', inputTokens: 1_200, outputTokens: null, costUsd: '0.01', cumulative: true },
      { type: 'usage', inputTokens: null, outputTokens: null, costUsd: null, cumulative: false },
      { type: 'progress', percent: 40, note: 'half' },
      { type: 'question', text: 'Which one?' },
      { type: 'error', class: 'rate_limit', message: 'slow down', retryAfterMs: null },
      { type: 'result', ok: true, text: 'Done.' },
      { type: 'result', ok: false, text: 'Gave up.' },
      { type: 'raw', stream: 'stdout', text: 'one\ntwo\n', truncated: true },
    ];
    expect(linesOf(events)).toEqual([
      'started with sonnet, session s1',
      '> Read {"file":"a.ts"}',
      '  12 lines',
      '  failed: no such file',
      '  denied: outside',
      '± src/a.ts (modified)',
      'used 1,200 tokens in, $0.01 so far',
      '40 % half',
      '? Which one?',
      'rate_limit: slow down',
      'says it is done: Done.',
      'says it failed: Gave up.',
      'one',
      'two',
      '… (cut)',
    ]);
  });

  it('never lets an agent steer the terminal, and keeps no unbounded line', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 50 }), { maxLength: 10 }), (pieces) => {
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        for (const line of linesOf(pieces.flatMap((piece) => [text(piece), { type: 'raw', stream: 'stderr', text: piece, truncated: false }]))) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }),
    );
    const flood = linesOf(Array.from({ length: 100 }, () => text('x'.repeat(1_000))));
    expect(Math.max(...flood.map((line) => line.length))).toBeLessThanOrEqual(3_002);
  });
});
