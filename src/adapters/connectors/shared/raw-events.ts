import type { AgentEvent } from '../../../domain/run/agent-event.js';
import { clip, MAX_RAW_CHARACTERS } from './text.js';

/** A line of output that has no meaning to us, bounded. The raw output file has it whole. */
export function rawEvent(stream: 'stdout' | 'stderr', line: string, truncated: boolean): AgentEvent {
  return { type: 'raw', stream, text: clip(line, MAX_RAW_CHARACTERS), truncated: truncated || line.length > MAX_RAW_CHARACTERS };
}
