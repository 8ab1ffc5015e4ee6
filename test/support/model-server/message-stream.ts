import type { ServerResponse } from 'node:http';
import type { ModelTurn } from './turns.js';

/** Token counts of every scripted answer, so that tests can expect exact sums. */
export const ANSWER_USAGE = { input: 1000, cacheWrite: 50, cacheRead: 200, output: 25 } as const;

const USAGE_AT_START = { input_tokens: ANSWER_USAGE.input, cache_creation_input_tokens: ANSWER_USAGE.cacheWrite, cache_read_input_tokens: ANSWER_USAGE.cacheRead, output_tokens: 1 };
const DELTA_CHARACTERS = 24;

type AnsweringTurn = Exclude<ModelTurn, { kind: 'refuse' }>;
type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

export interface AnswerHeader {
  readonly id: string;
  readonly model: string;
}

/** The Anthropic Messages answer to one request as server-sent events. */
export function streamAnswer(response: ServerResponse, header: AnswerHeader, turn: AnsweringTurn): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${header.id}` });
  send(response, 'message_start', { message: { ...message(header), content: [], stop_reason: null, stop_sequence: null, usage: USAGE_AT_START } });
  for (const [index, block] of blocksOf(turn, header.id).entries()) {
    sendBlock(response, index, block);
    if (turn.kind === 'hang') return;
    if (turn.kind === 'drop') {
      response.destroy();
      return;
    }
    send(response, 'content_block_stop', { index });
  }
  send(response, 'message_delta', { delta: { stop_reason: stopReason(turn), stop_sequence: null }, usage: { output_tokens: ANSWER_USAGE.output } });
  send(response, 'message_stop', {});
  response.end();
}

/** The same answer as one JSON document, for a client that did not ask for a stream. */
export function wholeAnswer(header: AnswerHeader, turn: AnsweringTurn): unknown {
  return { ...message(header), content: blocksOf(turn, header.id), stop_reason: stopReason(turn), stop_sequence: null, usage: { ...USAGE_AT_START, output_tokens: ANSWER_USAGE.output } };
}

function sendBlock(response: ServerResponse, index: number, block: Block): void {
  if (block.type === 'text') {
    send(response, 'content_block_start', { index, content_block: { type: 'text', text: '' } });
    for (const piece of pieces(block.text)) send(response, 'content_block_delta', { index, delta: { type: 'text_delta', text: piece } });
  } else if (block.type === 'thinking') {
    send(response, 'content_block_start', { index, content_block: { type: 'thinking', thinking: '', signature: '' } });
    for (const piece of pieces(block.thinking)) send(response, 'content_block_delta', { index, delta: { type: 'thinking_delta', thinking: piece } });
    send(response, 'content_block_delta', { index, delta: { type: 'signature_delta', signature: block.signature } });
  } else {
    send(response, 'content_block_start', { index, content_block: { type: 'tool_use', id: block.id, name: block.name, input: {} } });
    for (const piece of pieces(JSON.stringify(block.input))) send(response, 'content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: piece } });
  }
}

function blocksOf(turn: AnsweringTurn, id: string): readonly Block[] {
  const text: Block = { type: 'text', text: turn.text ?? 'I use a tool.' };
  if (turn.kind === 'tool') return [text, { type: 'tool_use', id: `toolu_${id}`, name: turn.name, input: turn.input }];
  if (turn.kind === 'say' && turn.thinking !== undefined) return [{ type: 'thinking', thinking: turn.thinking, signature: 'c2NyaXB0ZWQ=' }, text];
  return [text];
}

function message(header: AnswerHeader): Readonly<Record<string, unknown>> {
  return { id: `msg_${header.id}`, type: 'message', role: 'assistant', model: header.model };
}

function stopReason(turn: AnsweringTurn): string {
  return turn.kind === 'tool' ? 'tool_use' : 'end_turn';
}

function send(response: ServerResponse, type: string, data: Readonly<Record<string, unknown>>): void {
  response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
}

function pieces(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += DELTA_CHARACTERS) parts.push(text.slice(start, start + DELTA_CHARACTERS));
  return parts;
}
