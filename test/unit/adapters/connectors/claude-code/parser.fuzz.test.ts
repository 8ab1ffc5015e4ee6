import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClaudeCodeParser } from '../../../../../src/adapters/connectors/claude-code/parser.js';
import { MAX_LINE_BYTES } from '../../../../../src/adapters/connectors/shared/line-assembler.js';
import { eventsOf, parseInChunks, parseWhole, readTranscript, transcriptNames, withJoinedText } from '../../../../support/connector-samples.js';

const names = transcriptNames('claude-code');
const transcripts = new Map(names.map((name) => [name, readTranscript('claude-code', name)]));
const anyName = fc.constantFrom(...names);
const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 40 });
const parse = (bytes: Uint8Array) => withJoinedText(parseWhole(new ClaudeCodeParser(), bytes));

describe('the parser of Claude Code', () => {
  it('reads every recording alike, however it is cut into chunks', () => {
    fc.assert(
      fc.property(anyName, sizes, (name, cuts) => {
        const bytes = transcripts.get(name)!;
        expect(withJoinedText(parseInChunks(new ClaudeCodeParser(), bytes, cuts))).toEqual(parse(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('reads recordings alike byte by byte, through the middle of characters', () => {
    for (const name of ['success', 'partial-messages', '529']) expect(withJoinedText(parseInChunks(new ClaudeCodeParser(), transcripts.get(name)!, [1]))).toEqual(parse(transcripts.get(name)!));
  });

  it('survives the end of the output at any byte, and tells nothing that the whole would not', () => {
    fc.assert(
      fc.property(anyName, fc.double({ min: 0, max: 1, noNaN: true }), (name, share) => {
        const bytes = transcripts.get(name)!;
        const whole = parse(bytes);
        const known = parse(bytes.subarray(0, Math.floor(bytes.length * share))).filter((event) => event.type !== 'raw' && event.type !== 'text' && event.type !== 'thought');
        const expected = whole.filter((event) => event.type !== 'raw' && event.type !== 'text' && event.type !== 'thought');
        expect(known).toEqual(expected.slice(0, known.length));
      }),
      { numRuns: 400 },
    );
  });

  it('survives a flipped byte anywhere', () => {
    fc.assert(
      fc.property(anyName, fc.nat(), fc.integer({ min: 0, max: 255 }), (name, position, value) => {
        const bytes = Uint8Array.from(transcripts.get(name)!);
        bytes[position % bytes.length] = value;
        expect(eventsOf(parse(bytes), 'result').length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }), fc.array(fc.boolean(), { minLength: 1 }), (chunks, streams) => {
        const parser = new ClaudeCodeParser();
        for (const [index, chunk] of chunks.entries()) parser.push(streams[index % streams.length] === true ? 'stdout' : 'stderr', chunk);
        expect(Array.isArray(parser.end())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('survives frames whose members have any shape', () => {
    const type = fc.constantFrom('assistant', 'user', 'system', 'stream_event', 'result', 'other');
    const keys = ['subtype', 'message', 'event', 'delta', 'error', 'tool_result_meta', 'tool_use_result', 'modelUsage', 'result', 'errors', 'cwd', 'session_id', 'content', 'permission_denials', 'api_error_status', 'total_cost_usd'];
    const member = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('init', 'api_retry', 'success'), fc.constant({ content: [{ type: 'tool_use' }, { type: 'tool_result' }, null, 3] }), fc.constant({ type: 'content_block_delta', delta: null }));
    fc.assert(
      fc.property(fc.array(fc.tuple(type, fc.dictionary(fc.constantFrom(...keys), member)), { maxLength: 8 }), (frames) => {
        const lines = frames.map(([kind, members]) => JSON.stringify({ ...members, type: kind })).join('\n');
        const events = parse(Buffer.from(lines));
        expect(eventsOf(events, 'result').length).toBeLessThanOrEqual(1);
        expect(() => JSON.stringify(events)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads a line of many megabytes whole, and cuts one beyond the limit', () => {
    const text = 'é'.repeat(5_000_000);
    const line = Buffer.from(`${JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text }] } })}\n`);
    expect(parseInChunks(new ClaudeCodeParser(), line, [65_536]).map((event) => (event.type === 'text' ? event.delta : '')).join('')).toBe(text);
    const parser = new ClaudeCodeParser();
    const events = parseInChunks(parser, Buffer.concat([Buffer.alloc(MAX_LINE_BYTES + 10, 'x'), Buffer.from('\n{"type":"other"}\n')]), [65_536]);
    expect(events).toEqual([expect.objectContaining({ type: 'raw', truncated: true }), { type: 'raw', stream: 'stdout', text: '{"type":"other"}', truncated: false }]);
  });

  it('holds a bounded part of a line of 200 MB', () => {
    const parser = new ClaudeCodeParser();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let events = 0;
    for (let megabytes = 0; megabytes < 200; megabytes += 1) {
      events += parser.push('stdout', chunk).length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    events += parser.push('stdout', Buffer.from('\n')).length + parser.end().length;
    expect(events).toBe(1);
    expect(most).toBeLessThan(100 * 1024 * 1024);
  });
});
