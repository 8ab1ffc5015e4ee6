import type { AgentEvent } from '../../../../domain/run/agent-event.js';
import { boundedValue, TOOL_INPUT_LIMITS } from '../../shared/bounded-value.js';
import { deltas } from '../../shared/events.js';
import { numberAt, recordAt, recordsAt, textAt, valueAt, type JsonRecord } from '../../shared/json.js';
import { clip, messageLine } from '../../shared/text.js';
import { classOfFailure } from '../failure-class.js';
import type { Session } from '../session.js';

const MAX_COMMAND_CHARACTERS = 8_192;
const MAX_QUESTION_CHARACTERS = 4_000;
const MAX_NAME_CHARACTERS = 200;

/** A message of the model (or of the client in its name, when the API failed): text, thoughts, tool calls. */
export function readAssistantFrame(frame: JsonRecord, session: Session): readonly AgentEvent[] {
  const message = recordAt(frame, 'message');
  if (textAt(frame, 'error') !== null) return readApiError(frame, message, session);
  const origin: Origin = { messageId: textAt(message, 'id'), isSubagent: textAt(frame, 'parent_tool_use_id') !== null };
  return recordsAt(message, 'content').flatMap((block) => readBlock(block, origin, session));
}

interface Origin {
  readonly messageId: string | null;
  readonly isSubagent: boolean;
}

function readBlock(block: JsonRecord, origin: Origin, session: Session): readonly AgentEvent[] {
  switch (textAt(block, 'type')) {
    case 'text':
      return session.wasStreamed('text', origin.messageId) ? [] : deltas(origin.isSubagent ? 'thought' : 'text', textAt(block, 'text') ?? '');
    case 'thinking':
      return session.wasStreamed('thought', origin.messageId) ? [] : deltas('thought', textAt(block, 'thinking') ?? '');
    case 'tool_use':
      return readToolCall(block, session);
    default:
      return [];
  }
}

function readToolCall(block: JsonRecord, session: Session): readonly AgentEvent[] {
  const id = clip(textAt(block, 'id') ?? '', MAX_NAME_CHARACTERS);
  const name = clip(textAt(block, 'name') ?? '', MAX_NAME_CHARACTERS);
  const input = recordAt(block, 'input');
  session.openCall(id, { name, path: textAt(input, 'file_path') ?? textAt(input, 'notebook_path'), denied: false });
  return [{ type: 'tool_call', id, name, input: boundedValue(valueAt(block, 'input') ?? {}, TOOL_INPUT_LIMITS) }, ...meaningOfCall(name, input)];
}

function meaningOfCall(name: string, input: JsonRecord): readonly AgentEvent[] {
  if (name === 'Bash') {
    const text = textAt(input, 'command');
    return text === null ? [] : [{ type: 'command', text: clip(text, MAX_COMMAND_CHARACTERS) }];
  }
  if (name !== 'AskUserQuestion') return [];
  const questions = recordsAt(input, 'questions').flatMap((question) => textAt(question, 'question') ?? []);
  return questions.length === 0 ? [] : [{ type: 'question', text: clip(questions.join('\n'), MAX_QUESTION_CHARACTERS) }];
}

function readApiError(frame: JsonRecord, message: JsonRecord, session: Session): readonly AgentEvent[] {
  const code = textAt(frame, 'error');
  session.errorCode = code;
  const text = recordsAt(message, 'content')
    .map((block) => textAt(block, 'text') ?? '')
    .join(' ');
  const errorClass = classOfFailure({ subtype: null, terminalReason: null, httpStatus: numberAt(frame, 'api_error_status'), code, text });
  return [{ type: 'error', class: errorClass, message: messageLine(text === '' ? `The API failed: ${code ?? ''}` : text), retryAfterMs: null }];
}
