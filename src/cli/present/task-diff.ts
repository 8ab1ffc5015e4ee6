import type { TaskDiff } from '../../app/tasks/task-diff.js';
import { escapeText } from '../escape.js';
import type { Answer, Style } from '../io.js';

/**
 * A patch as an answer. Text is for a terminal: escaped and coloured; what goes into a pipe is written as
 * bytes by the command, because a patch that was escaped does not apply any more.
 */
export function presentDiff(diff: TaskDiff): Answer {
  const { run, base, head, changedFiles, missing } = diff;
  const text = utf8OrNull(diff.patch);
  return {
    kind: 'task.diff',
    data: {
      run,
      base,
      head,
      changedFiles: changedFiles.map(({ path, status }) => ({ path, status })),
      patch: missing ? null : text,
      patchBase64: missing || text !== null ? null : Buffer.from(diff.patch).toString('base64'),
    },
    exitCode: missing ? 1 : undefined,
    warnings: missing ? ['The stored patch is missing: ai task evidence tells which evidence is there.'] : [],
    text: ({ style }) => {
      if (missing) return '';
      if (diff.patch.length === 0) return `${run} changed nothing.`;
      return colourPatch(escapeText(text ?? new TextDecoder().decode(diff.patch)), style);
    },
  };
}

function utf8OrNull(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // A file in another encoding: its bytes are the patch, and no string can hold them.
    return null;
  }
}

function colourPatch(patch: string, style: Style): string {
  if (!style.enabled) return patch.trimEnd();
  return patch.trimEnd().split('\n').map((line) => colourLine(line, style)).join('\n');
}

function colourLine(line: string, style: Style): string {
  if (/^(diff |index |--- |\+\+\+ )/.test(line)) return style.bold(line);
  if (line.startsWith('@@')) return style.cyan(line);
  if (line.startsWith('+')) return style.green(line);
  return line.startsWith('-') ? style.red(line) : line;
}
