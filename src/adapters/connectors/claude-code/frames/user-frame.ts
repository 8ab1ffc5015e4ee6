import type { AgentEvent } from '../../../../domain/run/agent-event.js';
import { isTrueAt, recordAt, recordsAt, textAt, type JsonRecord } from '../../shared/json.js';
import { clip } from '../../shared/text.js';
import type { OpenCall, Session } from '../session.js';

const MAX_SUMMARY_CHARACTERS = 2_000;
const MAX_ID_CHARACTERS = 200;
const WRITING_TOOLS: ReadonlySet<string> = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit']);

/** What tools answered. Everything else in the user's name (hook feedback, skills) was not said by a user and is passed over. */
export function readUserFrame(frame: JsonRecord, session: Session): readonly AgentEvent[] {
  const results = recordsAt(recordAt(frame, 'message'), 'content').filter((block) => textAt(block, 'type') === 'tool_result');
  return results.flatMap((block) => readToolResult(block, frame, session));
}

function readToolResult(block: JsonRecord, frame: JsonRecord, session: Session): readonly AgentEvent[] {
  const id = clip(textAt(block, 'tool_use_id') ?? '', MAX_ID_CHARACTERS);
  const call = session.closeCall(id);
  const isError = isTrueAt(block, 'is_error');
  const text = contentText(block);
  const denied = isError && (call?.denied === true || isRejected(frame, id) || soundsRefused(text));
  session.countCall(call?.name ?? '', denied);
  const result: AgentEvent = { type: 'tool_result', id, ok: !isError, summary: clip(text, MAX_SUMMARY_CHARACTERS), denied };
  return isError || call === null ? [result] : [result, ...fileChange(call, frame, session)];
}

/** Measured from 2.1.329 on: who decided about the call, and how. An interrupted call has no decision. */
function isRejected(frame: JsonRecord, id: string): boolean {
  return recordsAt(frame, 'tool_result_meta').some((meta) => textAt(meta, 'id') === id && textAt(recordAt(meta, 'permission_decision'), 'decision') === 'reject');
}

/** Older clients say it in words only. */
function soundsRefused(text: string): boolean {
  return /^(?:Claude requested permissions to |Permission (?:to use|for this tool use) |This command requires approval|PreToolUse:\S{1,100} hook error|(?:<tool_use_error>)?File is in a directory that is denied)/.test(text);
}

function contentText(block: JsonRecord): string {
  const text = textAt(block, 'content');
  if (text !== null) return text;
  return recordsAt(block, 'content')
    .map((part) => textAt(part, 'text') ?? '')
    .join('\n');
}

function fileChange(call: OpenCall, frame: JsonRecord, session: Session): readonly AgentEvent[] {
  if (!WRITING_TOOLS.has(call.name)) return [];
  const answer = recordAt(frame, 'tool_use_result');
  const path = textAt(answer, 'filePath') ?? call.path;
  if (path === null || path === '') return [];
  return [{ type: 'file_change', path: clip(session.relativePath(path), 4_096), kind: textAt(answer, 'type') === 'create' ? 'added' : 'modified' }];
}
