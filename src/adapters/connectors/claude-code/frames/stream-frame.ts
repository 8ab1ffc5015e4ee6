import type { AgentEvent } from '../../../../domain/run/agent-event.js';
import { deltas } from '../../shared/events.js';
import { recordAt, textAt, type JsonRecord } from '../../shared/json.js';
import type { Session } from '../session.js';

/**
 * A piece of a message while it is written. The whole message follows as an assistant frame, whose
 * text is then left out. Pieces of subagents may interleave and are left to their whole messages.
 */
export function readStreamFrame(frame: JsonRecord, session: Session): readonly AgentEvent[] {
  if (textAt(frame, 'parent_tool_use_id') !== null) return [];
  const event = recordAt(frame, 'event');
  switch (textAt(event, 'type')) {
    case 'message_start':
      session.streaming = textAt(recordAt(event, 'message'), 'id');
      return [];
    case 'message_stop':
      session.streaming = null;
      return [];
    case 'content_block_delta':
      return readDelta(recordAt(event, 'delta'), session);
    default:
      return [];
  }
}

function readDelta(delta: JsonRecord, session: Session): readonly AgentEvent[] {
  if (session.streaming === null) return [];
  const kind = textAt(delta, 'type');
  if (kind === 'text_delta') {
    session.markStreamed('text');
    return deltas('text', textAt(delta, 'text') ?? '');
  }
  if (kind === 'thinking_delta') {
    session.markStreamed('thought');
    return deltas('thought', textAt(delta, 'thinking') ?? '');
  }
  return [];
}
