import type { TaskStatus } from '../domain/task/task.js';
import type { Style } from './io.js';

type Colour = 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Glyph and colour of each status. The word always stands beside them: neither carries meaning alone. */
const MARKS: Readonly<Record<TaskStatus, { readonly glyph: string; readonly colour: Colour }>> = {
  queued: { glyph: '○', colour: 'dim' },
  claimed: { glyph: '◐', colour: 'cyan' },
  running: { glyph: '●', colour: 'cyan' },
  blocked: { glyph: '◌', colour: 'yellow' },
  paused: { glyph: '‖', colour: 'yellow' },
  review: { glyph: '◆', colour: 'yellow' },
  done: { glyph: '✓', colour: 'green' },
  failed: { glyph: '✗', colour: 'red' },
  cancelled: { glyph: '–', colour: 'dim' },
  skipped: { glyph: '»', colour: 'dim' },
};

/** `✓ done`, without colour: what a table measures. */
export function statusMark(status: TaskStatus): string {
  return `${MARKS[status].glyph} ${status}`;
}

/** Colours any text in the colour of a status. */
export function paintStatus(text: string, status: TaskStatus, style: Style): string {
  return style[MARKS[status].colour](text);
}
