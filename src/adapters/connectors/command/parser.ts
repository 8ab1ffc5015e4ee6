import type { AgentEvent } from '../../../domain/run/agent-event.js';
import type { OutputParser } from '../../../ports/connector.js';
import { deltas } from '../shared/events.js';
import { LineAssembler } from '../shared/line-assembler.js';
import { rawEvent } from '../shared/raw-events.js';
import { MAX_PROTOCOL_CHARACTERS, parseProtocolLine } from './protocol.js';

/** Input is decoded in slices, so that one huge chunk does not become one huge string. */
const DECODED_SLICE_BYTES = 64 * 1024;
const MAX_STDERR_LINE_BYTES = 64 * 1024;

/** Stdout as text, live and chunk by chunk; lines of the protocol as what they say; lines of stderr as raw events. */
export class CommandParser implements OutputParser {
  private readonly decoder = new TextDecoder();
  private readonly stderr = new LineAssembler((line, truncated) => this.events.push(rawEvent('stderr', line, truncated)), MAX_STDERR_LINE_BYTES);
  private events: AgentEvent[] = [];
  /** Plain text of this push that is not an event yet. */
  private text = '';
  /** The beginning of a line that may belong to the protocol; null within a line that can't. */
  private candidate: string | null = '';
  private hasResult = false;

  push(stream: 'stdout' | 'stderr', chunk: Uint8Array): readonly AgentEvent[] {
    if (stream === 'stderr') this.stderr.push(chunk);
    else this.pushStdout(chunk);
    return this.takeEvents();
  }

  end(): readonly AgentEvent[] {
    this.scan(this.decoder.decode());
    if (this.candidate !== null) this.endCandidate(this.candidate);
    this.stderr.end();
    return this.takeEvents();
  }

  private pushStdout(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length; start += DECODED_SLICE_BYTES) {
      this.scan(this.decoder.decode(chunk.subarray(start, start + DECODED_SLICE_BYTES), { stream: true }));
      this.flushText();
    }
  }

  private scan(decoded: string): void {
    for (let start = 0; start < decoded.length; ) {
      const newline = decoded.indexOf('\n', start);
      const end = newline === -1 ? decoded.length : newline + 1;
      this.scanPart(decoded.slice(start, end), newline !== -1);
      start = end;
    }
  }

  /** A part of one line, with its line end when `ended`. */
  private scanPart(part: string, ended: boolean): void {
    if (this.candidate === null) this.text += part;
    else this.scanCandidate(this.candidate, part, ended);
    if (ended) this.candidate = '';
  }

  private scanCandidate(before: string, part: string, ended: boolean): void {
    const line = before + part;
    // Only the first part is looked at: looking at a string that grows would copy it every time.
    const possible = (before !== '' || part.startsWith('{')) && line.length <= MAX_PROTOCOL_CHARACTERS;
    if (!possible) {
      this.text += line;
      this.candidate = null;
    } else if (ended) this.endCandidate(line);
    else this.candidate = line;
  }

  private endCandidate(line: string): void {
    const event = parseProtocolLine(line);
    this.candidate = '';
    if (event === undefined || (event.type === 'result' && this.hasResult)) {
      this.text += line;
      return;
    }
    this.hasResult ||= event.type === 'result';
    this.flushText();
    this.events.push(event);
  }

  private flushText(): void {
    this.events.push(...deltas('text', this.text));
    this.text = '';
  }

  private takeEvents(): readonly AgentEvent[] {
    this.flushText();
    const events = this.events;
    this.events = [];
    return events;
  }
}
