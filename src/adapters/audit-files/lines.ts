import { AiError } from '../../domain/kernel/errors.js';

/** The largest event has less; what is longer is no line of ours. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

/** Lines of a text that comes in pieces, without their line breaks. Nothing but U+000A ends a line. */
export async function* linesOf(pieces: AsyncIterable<string>, file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MAX_LINE_CHARACTERS) throw new AiError({ code: 'INVALID_INPUT', message: `${file} has a line of more than ${MAX_LINE_CHARACTERS} characters, which no bundle has.`, hint: 'Get the bundle again from where it came.', details: { file } });
  }
  if (rest !== '') yield rest;
}
