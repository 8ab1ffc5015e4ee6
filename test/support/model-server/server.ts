import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { streamAnswer, wholeAnswer } from './message-stream.js';
import type { ModelScript, ModelTurn } from './turns.js';

export interface ModelRequest {
  readonly model: string;
  readonly system: unknown;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools: readonly string[];
  readonly apiKey: string | null;
}

export interface ModelServer {
  /** `http://127.0.0.1:PORT`; what ANTHROPIC_BASE_URL takes. */
  readonly url: string;
  /** Requests for an answer to a conversation with tools, oldest first. */
  readonly requests: readonly ModelRequest[];
  /** Everything else that was asked, as `METHOD path`. */
  readonly otherRequests: readonly string[];
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/**
 * A model on loopback that follows a script: the streaming half of the Anthropic Messages API, as far
 * as a coding agent needs it. A request without tools (a title, a summary) gets a fixed short answer.
 */
export async function startModelServer(script: ModelScript): Promise<ModelServer> {
  const state: ServerState = { script, requests: [], otherRequests: [], refused: 0, answered: 0 };
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => answer(state, { request, response, body }),
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests: state.requests, otherRequests: state.otherRequests, close: () => closeServer(server) };
}

interface ServerState {
  readonly script: ModelScript;
  readonly requests: ModelRequest[];
  readonly otherRequests: string[];
  refused: number;
  answered: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

function answer(state: ServerState, exchange: Exchange): void {
  const { request, response } = exchange;
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (request.method !== 'POST' || !path.endsWith('/v1/messages')) {
    state.otherRequests.push(`${request.method ?? ''} ${path}`);
    if (path.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: 1000 });
    return sendJson(response, request.method === 'HEAD' ? 200 : 404, { type: 'error', error: { type: 'not_found_error', message: 'not scripted' } });
  }
  const body = JSON.parse(exchange.body) as { model: string; stream?: boolean; system?: unknown; messages: ModelRequest['messages']; tools?: { name: string }[] };
  const turn = chooseTurn(state, body);
  state.answered += 1;
  const header = { id: `scripted${state.answered}`, model: body.model };
  if (body.tools !== undefined && body.tools.length > 0) {
    const apiKey = request.headers['x-api-key'];
    state.requests.push({ model: body.model, system: body.system, messages: body.messages, tools: body.tools.map((tool) => tool.name), apiKey: typeof apiKey === 'string' ? apiKey : null });
  }
  if (turn.kind === 'refuse') return sendRefusal(response, turn);
  if (body.stream === true) return streamAnswer(response, header, turn);
  sendJson(response, 200, wholeAnswer(header, turn));
}

function chooseTurn(state: ServerState, body: { readonly messages: ModelRequest['messages']; readonly tools?: readonly unknown[] }): ModelTurn {
  const { script } = state;
  if (script.refuseFirst !== undefined && state.refused < script.refuseFirst.count) {
    state.refused += 1;
    return script.refuseFirst.turn;
  }
  if (body.tools === undefined || body.tools.length === 0) return { kind: 'say', text: 'A short answer.' };
  const answered = body.messages.filter((message) => message.role === 'assistant').length;
  return script.turns[Math.min(answered, script.turns.length - 1)] ?? { kind: 'say', text: 'The script is empty.' };
}

function sendRefusal(response: ServerResponse, turn: Extract<ModelTurn, { kind: 'refuse' }>): void {
  if (turn.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(turn.retryAfterSeconds));
  sendJson(response, turn.status, { type: 'error', error: { type: ERROR_TYPES[turn.status] ?? 'api_error', message: turn.message ?? `scripted refusal ${turn.status}` } });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_scripted' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('request too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.closeAllConnections();
  server.close();
  await closed;
}
