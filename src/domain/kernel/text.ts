import { AiError } from './errors.js';

/** Length in bytes when encoded as UTF-8, without an encoder at hand (the domain knows no Buffer). */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Text of an agent, made fit for the record: a lone surrogate has no UTF-8 form and becomes U+FFFD. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** One line of text: trimmed, control characters refused, at most `max` characters. Throws INVALID_INPUT. */
export function parseLine(text: string, field: { readonly name: string; readonly max: number }): string {
  const line = text.trim();
  if (line.length === 0) throw new AiError({ code: 'INVALID_INPUT', message: `The ${field.name} is empty.`, hint: `Give a ${field.name} of 1 to ${field.max} characters.` });
  if (line.length > field.max) {
    throw new AiError({
      code: 'INVALID_INPUT',
      message: `The ${field.name} has ${line.length} characters; the limit is ${field.max}.`,
      hint: field.name === 'title' ? 'Keep the title short and put the rest in the description: -d TEXT or -F FILE.' : `Shorten the ${field.name}.`,
    });
  }
  if (hasControlCharacter(line)) {
    throw new AiError({ code: 'INVALID_INPUT', message: `The ${field.name} holds a control character (a line break, an escape or the like).`, hint: `Write the ${field.name} on one line of plain text.` });
  }
  return line;
}

/** Text of several lines: NUL refused, at most `max` bytes. Throws INVALID_INPUT. */
export function parseText(text: string, field: { readonly name: string; readonly max: number }): string {
  if (text.includes('\0') || /\p{Surrogate}/u.test(text)) throw new AiError({ code: 'INVALID_INPUT', message: `The ${field.name} holds a NUL character or broken Unicode.`, hint: `Give the ${field.name} as UTF-8 text.` });
  const bytes = utf8Bytes(text);
  if (bytes > field.max) throw new AiError({ code: 'INVALID_INPUT', message: `The ${field.name} has ${bytes} bytes; the limit is ${field.max}.`, hint: 'Keep long material in a file of the repository and name it here.' });
  return text;
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x20 || (point >= 0x7f && point <= 0x9f) || point === 0x2028 || point === 0x2029 || (point >= 0xd800 && point <= 0xdfff)) return true;
  }
  return false;
}
