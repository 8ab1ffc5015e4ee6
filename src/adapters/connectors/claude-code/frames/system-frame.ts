import type { AgentEvent } from '../../../../domain/run/agent-event.js';
import { amountAt, numberAt, textAt, type JsonRecord } from '../../shared/json.js';
import { clip, messageLine } from '../../shared/text.js';
import { classOfFailure } from '../failure-class.js';
import type { Session } from '../session.js';
import { isSessionRef } from '../session-ref.js';

const MAX_MODEL_CHARACTERS = 200;

/** Known, frequent, and nothing that a run's log needs beside the raw output. */
const QUIET: ReadonlySet<string> = new Set([
  'status',
  'notification',
  'thinking_tokens',
  'hook_started',
  'hook_progress',
  'hook_response',
  'task_started',
  'task_progress',
  'task_notification',
  'background_tasks_changed',
]);

/** Frames of the client about itself. null for one that is not known here. */
export function readSystemFrame(frame: JsonRecord, session: Session): readonly AgentEvent[] | null {
  const subtype = textAt(frame, 'subtype') ?? '';
  switch (subtype) {
    case 'init':
      return readStart(frame, session);
    case 'api_retry':
      return [readRetry(frame)];
    case 'permission_denied':
      session.markDenied(textAt(frame, 'tool_use_id') ?? '');
      return [];
    default:
      return QUIET.has(subtype) ? [] : null;
  }
}

/** Sent again for every turn; told once, and again when the session or the model is another one. */
function readStart(frame: JsonRecord, session: Session): readonly AgentEvent[] {
  const id = textAt(frame, 'session_id');
  const sessionRef = id !== null && isSessionRef(id) ? id : null;
  const model = clip(textAt(frame, 'model') ?? '', MAX_MODEL_CHARACTERS) || null;
  session.workingDirectory = textAt(frame, 'cwd');
  if (session.started !== null && session.started.sessionRef === sessionRef && session.started.model === model) return [];
  session.started = { sessionRef, model };
  return [{ type: 'started', ...session.started }];
}

function readRetry(frame: JsonRecord): AgentEvent {
  const httpStatus = numberAt(frame, 'error_status');
  const code = textAt(frame, 'error');
  const delayMs = amountAt(frame, 'retry_delay_ms');
  const reason = `${httpStatus === null ? 'no answer' : `HTTP ${httpStatus}`}${code === null || code === 'unknown' ? '' : `, ${code}`}`;
  const attempt = `attempt ${amountAt(frame, 'attempt') ?? '?'} of ${amountAt(frame, 'max_retries') ?? '?'}`;
  const errorClass = httpStatus === null && (code === null || code === 'unknown') ? 'network' : classOfFailure({ subtype: null, terminalReason: null, httpStatus, code, text: '' });
  return { type: 'error', class: errorClass, message: messageLine(`The model could not be asked (${reason}); the client tries again by itself (${attempt}).`), retryAfterMs: delayMs === null ? null : Math.round(delayMs) };
}
