import { utf8Bytes } from '../../domain/kernel/text.js';
import { findInvisible } from './invisible.js';
import { POLICY_FILE_LIMITS } from './limits.js';

export interface TextProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** Looks at the text before any parser does, so that no parser meets what it was not made for. Null when it may go on. */
export function checkText(text: string): TextProblem | null {
  const { bytes, lines, lineCharacters } = POLICY_FILE_LIMITS;
  if (text.length > bytes || utf8Bytes(text) > bytes) return { offset: 0, message: `the file is larger than ${bytes / 1024} KiB, which no policy is`, hint: 'Use named sets for lists of paths, and fewer rules.' };
  const broken = text.indexOf('\ufffd');
  if (broken !== -1) return { offset: broken, message: 'it has bytes that are no UTF-8', hint: 'Save the file as UTF-8.' };
  const invisible = findInvisible(text);
  if (invisible !== null) return { offset: invisible.offset, message: `it has ${invisible.what}`, hint: invisible.what === 'a tab' ? 'Write spaces; within a text in double quotes, \\t is a tab.' : 'Leave it out: what is not seen must not decide.' };
  return checkLines(text, lines, lineCharacters);
}

function checkLines(text: string, most: number, longest: number): TextProblem | null {
  let start = 0;
  for (let line = 1; start <= text.length; line += 1) {
    if (line > most) return { offset: start, message: `the file has more than ${most} lines`, hint: 'Use named sets for lists of paths, and fewer rules.' };
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (end - start > longest) return { offset: start, message: `the line has more than ${longest} characters`, hint: 'Write a list with one item on each line.' };
    start = end + 1;
  }
  return null;
}
