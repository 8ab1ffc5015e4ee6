import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { MAX_REQUEST_BYTES, parseHookRequest, type HookRequest } from '../../domain/live/hook-protocol.js';
import { deny, type LiveAnswer } from '../../domain/live/tool-call.js';
import type { LiveServerOrder } from '../../ports/live-policy.js';

/** Connections that are read or wait for their answer; further ones are denied at once. */
export const MAX_PENDING = 256;
/** Bytes of all requests that are not answered yet. */
export const MAX_PENDING_BYTES = 64 * 1024 * 1024;
/** Nobody needs longer to write one line. */
const REQUEST_TIMEOUT_MS = 20_000;

const OVERLOADED = 'Too many tool calls wait for a decision at once. Make fewer calls in parallel, then try this one again.';
const UNREADABLE = 'The hook asked in a way that is not understood, so the call is denied.';
const FAILED = 'Policy could not be asked, so the call is denied';

/** One line in, one line out, for each connection. Requests are decided one after the other: what one uses up, the next one lacks. */
export class SocketServer {
  readonly #order: LiveServerOrder;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #pendingBytes = 0;
  #deciding: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(order: LiveServerOrder) {
    this.#order = order;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening');
    this.#server.on('error', () => undefined); // A connection that could not be accepted is denied by the hook itself.
    this.#server.unref();
    await chmod(path, 0o600);
  }

  /** What is not decided yet is cut off, and its hook denies; a decision under way is waited for, because it is being recorded. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#deciding;
  }

  #accept(socket: Socket): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    const isFull = this.#sockets.size >= MAX_PENDING;
    if (!isFull) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    socket.on('error', () => socket.destroy());
    socket.setTimeout(REQUEST_TIMEOUT_MS, () => socket.destroy());
    if (isFull) this.#refuse(socket, OVERLOADED, `more than ${MAX_PENDING} calls waited for a decision at once`);
    else this.#read(socket);
  }

  #read(socket: Socket): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const forget = (): void => {
      this.#pendingBytes -= bytes;
      bytes = 0;
    };
    socket.once('close', forget);
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      this.#pendingBytes += chunk.length;
      const end = chunk.indexOf(LINE_FEED);
      const problem = this.#tooMuch(bytes);
      if (problem === null && end === -1) return;
      socket.off('data', take);
      socket.resume();
      if (problem !== null) this.#refuse(socket, UNREADABLE, problem);
      else this.#queue(socket, Buffer.concat(chunks, bytes - chunk.length + end));
    };
    socket.on('data', take);
    socket.once('end', () => {
      if (socket.listenerCount('data') > 0) this.#refuse(socket, UNREADABLE, 'a request ended in the middle');
    });
  }

  #tooMuch(bytes: number): string | null {
    if (bytes > MAX_REQUEST_BYTES) return `a request had more than ${MAX_REQUEST_BYTES} bytes`;
    return this.#pendingBytes > MAX_PENDING_BYTES ? `requests of more than ${MAX_PENDING_BYTES} bytes waited for a decision at once` : null;
  }

  #queue(socket: Socket, line: Buffer): void {
    socket.setTimeout(0);
    const request = readLine(line);
    if (request === undefined) {
      this.#refuse(socket, UNREADABLE, 'a request was no UTF-8 JSON');
      return;
    }
    this.#deciding = this.#deciding.then(async () => {
      // Whoever asked has gone, for example because the client gave up: nothing is decided for nobody.
      if (this.#closed || socket.destroyed) return;
      answer(socket, await this.#decide(request));
    });
  }

  async #decide(request: HookRequest): Promise<LiveAnswer> {
    try {
      return await this.#order.decide(request);
    } catch (error) {
      return deny(`${FAILED}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #refuse(socket: Socket, reason: string, problem: string): void {
    this.#deciding = this.#deciding.then(() => this.#order.refused(problem)).catch(() => undefined);
    answer(socket, deny(reason));
  }
}

const LINE_FEED = 0x0a;
const decoder = new TextDecoder('utf-8', { fatal: true });

function readLine(line: Buffer): HookRequest | undefined {
  try {
    return parseHookRequest(decoder.decode(line));
  } catch {
    return undefined;
  }
}

function answer(socket: Socket, { effect, reason }: LiveAnswer): void {
  socket.end(`${JSON.stringify({ effect, reason })}\n`, () => socket.destroy());
}
