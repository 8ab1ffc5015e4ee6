import type { AgentEvent } from '../../../domain/run/agent-event.js';
import type { OutputParser } from '../../../ports/connector.js';
import { joinDeltas } from '../shared/events.js';
import { isRecord, parseJson, textAt, type JsonRecord } from '../shared/json.js';
import { LineAssembler } from '../shared/line-assembler.js';
import { rawEvent } from '../shared/raw-events.js';
import { readAssistantFrame } from './frames/assistant-frame.js';
import { readResultFrame } from './frames/result-frame.js';
import { readStreamFrame } from './frames/stream-frame.js';
import { readSystemFrame } from './frames/system-frame.js';
import { readUserFrame } from './frames/user-frame.js';
import { Session } from './session.js';

const MAX_STDERR_LINE_BYTES = 64 * 1024;

/**
 * The client's `stream-json` output: one JSON document a line, its keys in any order. What is not
 * understood (broken JSON, a frame of a later version, a line beyond 16 MiB) becomes a raw event.
 */
export class ClaudeCodeParser implements OutputParser {
  private readonly session = new Session();
  private events: AgentEvent[] = [];
  private readonly stdout = new LineAssembler((line, truncated) => this.events.push(...this.readLine(line, truncated)));
  private readonly stderr = new LineAssembler((line, truncated) => this.events.push(rawEvent('stderr', line, truncated)), MAX_STDERR_LINE_BYTES);

  push(stream: 'stdout' | 'stderr', chunk: Uint8Array): readonly AgentEvent[] {
    (stream === 'stdout' ? this.stdout : this.stderr).push(chunk);
    return this.takeEvents();
  }

  end(): readonly AgentEvent[] {
    this.stdout.end();
    this.stderr.end();
    return this.takeEvents();
  }

  private readLine(line: string, truncated: boolean): readonly AgentEvent[] {
    if (line.trim() === '') return [];
    const frame = truncated ? undefined : parseJson(line);
    const events = isRecord(frame) ? readFrame(frame, this.session) : null;
    return events ?? [rawEvent('stdout', line, truncated)];
  }

  private takeEvents(): readonly AgentEvent[] {
    const events = joinDeltas(this.events);
    this.events = [];
    return events;
  }
}

/** null for a frame that is not known here. */
function readFrame(frame: JsonRecord, session: Session): readonly AgentEvent[] | null {
  switch (textAt(frame, 'type')) {
    case 'assistant':
      return readAssistantFrame(frame, session);
    case 'user':
      return readUserFrame(frame, session);
    case 'system':
      return readSystemFrame(frame, session);
    case 'stream_event':
      return readStreamFrame(frame, session);
    case 'result':
      return readResultFrame(frame, session);
    case 'tool_progress':
    case 'keep_alive':
      return [];
    default:
      return null;
  }
}
