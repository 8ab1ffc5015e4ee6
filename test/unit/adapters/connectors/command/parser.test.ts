import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandParser } from '../../../../../src/adapters/connectors/command/parser.js';
import { MAX_PROTOCOL_CHARACTERS, parseProtocolLine } from '../../../../../src/adapters/connectors/command/protocol.js';
import type { AgentEvent } from '../../../../../src/domain/run/agent-event.js';
import { eventsOf, parseInChunks, parseWhole, withJoinedText } from '../../../../support/connector-samples.js';

const parse = (text: string): readonly AgentEvent[] => withJoinedText(parseWhole(new CommandParser(), Buffer.from(text)));
const textOf = (events: readonly AgentEvent[]): string =>
  eventsOf(events, 'text')
    .map((event) => event.delta)
    .join('');

describe('the output of a command', () => {
  it('is text, told as soon as it comes', () => {
    const parser = new CommandParser();
    expect(parser.push('stdout', Buffer.from('half a li'))).toEqual([{ type: 'text', delta: 'half a li' }]);
    expect(parser.push('stdout', Buffer.from('ne\nand'))).toEqual([{ type: 'text', delta: 'ne\nand' }]);
    expect(parser.end()).toEqual([]);
  });

  it('holds back half a character, and shows bytes that are none as U+FFFD', () => {
    const parser = new CommandParser();
    expect(parser.push('stdout', Buffer.from([0x61, 0xe2, 0x82]))).toEqual([{ type: 'text', delta: 'a' }]);
    expect(parser.push('stdout', Buffer.from([0xac, 0xff, 0xe2]))).toEqual([{ type: 'text', delta: '€\ufffd' }]);
    expect(parser.end()).toEqual([{ type: 'text', delta: '\ufffd' }]);
  });

  it('may be mixed with lines of the protocol', () => {
    expect(
      parse(
        [
          'starting',
          '{"ai":"progress","percent":39.6,"note":"tests written"}',
          '{"ai":"progress","note":"only words"}',
          '{"ai":"question","text":"Which database?"}',
          '{"ai":"usage","inputTokens":12,"outputTokens":3,"costUsd":0.5,"cumulative":true}',
          '{"ai":"usage","outputTokens":3}',
          'more',
          '{"ai":"result","text":"Done.","structured":{"files":["a"]}}',
          'bye',
        ].join('\n'),
      ),
    ).toEqual([
      { type: 'text', delta: 'starting\n' },
      { type: 'progress', percent: 40, note: 'tests written' },
      { type: 'progress', percent: null, note: 'only words' },
      { type: 'question', text: 'Which database?' },
      { type: 'usage', inputTokens: 12, outputTokens: 3, costUsd: '0.5', cumulative: true },
      { type: 'usage', inputTokens: null, outputTokens: 3, costUsd: null, cumulative: false },
      { type: 'text', delta: 'more\n' },
      { type: 'result', ok: true, text: 'Done.', structured: { files: ['a'] } },
      { type: 'text', delta: 'bye' },
    ]);
  });

  it.each([
    '{"ai":"progress"}',
    '{"ai":"progress","percent":101}',
    '{"ai":"progress","percent":-1}',
    '{"ai":"progress","percent":"40"}',
    '{"ai":"progress","percent":40,"note":7}',
    '{"ai":"question"}',
    '{"ai":"question","text":" "}',
    '{"ai":"usage"}',
    '{"ai":"usage","inputTokens":1.5}',
    '{"ai":"usage","inputTokens":-1}',
    '{"ai":"usage","inputTokens":1,"cumulative":"yes"}',
    '{"ai":"usage","costUsd":"1e3"}',
    '{"ai":"result"}',
    '{"ai":"result","text":"x","ok":"yes"}',
    '{"ai":"launch"}',
    '{"ai":"progress","percent":1',
    '{"__proto__":{"ai":"question","text":"x"}}',
    ' {"ai":"question","text":"indented"}',
    'log: {"ai":"question","text":"x"}',
    '[{"ai":"question","text":"x"}]',
  ])('is text where it is nearly a line of the protocol: %s', (line) => {
    expect(parse(`${line}\n`)).toEqual([{ type: 'text', delta: `${line}\n` }]);
  });

  it('has one result: a second one is text', () => {
    const line = '{"ai":"result","text":"Done."}\n';
    expect(parse(line + line).map((event) => event.type)).toEqual(['result', 'text']);
  });

  it('takes a last line without a line end, and line ends of Windows', () => {
    expect(parse('{"ai":"question","text":"x"}\r\n{"ai":"question","text":"y"}')).toEqual([
      { type: 'question', text: 'x' },
      { type: 'question', text: 'y' },
    ]);
  });

  it('that only looks like the protocol is let go at the limit, not kept for ever', () => {
    const parser = new CommandParser();
    const chunk = Buffer.from(`{${'x'.repeat(1_000)}`);
    let seen = 0;
    for (let sent = 0; sent < 2 * MAX_PROTOCOL_CHARACTERS; sent += chunk.length) seen += textOf(parser.push('stdout', chunk)).length;
    expect(seen).toBeGreaterThan(MAX_PROTOCOL_CHARACTERS);
  });

  it('on stderr becomes raw lines', () => {
    const parser = new CommandParser();
    const events = [...parser.push('stderr', Buffer.from('warn')), ...parser.push('stderr', Buffer.from(`ing\n${'y'.repeat(100_000)}\n`)), ...parser.end()];
    expect(events).toEqual([
      { type: 'raw', stream: 'stderr', text: 'warning', truncated: false },
      { type: 'raw', stream: 'stderr', text: expect.stringMatching(/^y+…$/) as unknown, truncated: true },
    ]);
  });
});

describe('the parser of commands, for any output', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('\n', '\n{"ai":"question","text":"é"}\n', '{"ai":"result","text":"r"}', '{', '{"ai":', '€', '\r\n').map((text) => Buffer.from(text)),
  );

  it('tells the same, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (parts, sizes) => {
        const bytes = Buffer.concat(parts);
        expect(withJoinedText(parseInChunks(new CommandParser(), bytes, sizes))).toEqual(withJoinedText(parseWhole(new CommandParser(), bytes)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses no text that is none of the protocol', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        fc.pre(!text.includes('"ai"') && !text.startsWith('\ufeff'));
        expect(textOf(parse(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('reads any protocol line back', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), fc.jsonValue({ maxDepth: 3 }), (text, structured) => {
        const event = parseProtocolLine(JSON.stringify({ structured, text, ai: 'result' }));
        expect(event).toMatchObject({ type: 'result', ok: true, text });
      }),
    );
  });

  it('holds a bounded part of 50 MB without a line end, in events of at most 64 KiB', () => {
    const parser = new CommandParser();
    const chunk = Buffer.alloc(1024 * 1024, '{');
    let bytes = 0;
    for (let megabytes = 0; megabytes < 50; megabytes += 1) {
      for (const event of eventsOf(parser.push('stdout', chunk), 'text')) {
        bytes += event.delta.length;
        expect(event.delta.length).toBeLessThanOrEqual(65_536);
      }
    }
    expect(bytes).toBe(50 * chunk.length);
    expect(parser.end()).toEqual([]);
  });
});
