import { AiError } from '../domain/kernel/errors.js';

/** All of stdin as UTF-8. Throws INVALID_INPUT beyond `maxBytes` and for broken UTF-8. */
export async function readStdin(maxBytes: number, note: (text: string) => void): Promise<string> {
  if (process.stdin.isTTY) note('Reading from the terminal; end with Ctrl-D on a line of its own.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      process.stdin.destroy();
      throw new AiError({ code: 'INVALID_INPUT', message: `Standard input holds more than ${maxBytes} bytes, which is the limit here.`, hint: 'Keep long material in a file of the repository and name it.' });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AiError({ code: 'INVALID_INPUT', message: 'Standard input is not UTF-8 text.', hint: 'Convert it first, for example with iconv.', cause });
  }
}

/** Asks yes or no; an empty line is `fallback`, the end of input (Ctrl-D) is no. */
export async function confirm(question: string, fallback: boolean): Promise<boolean> {
  if (!process.stdin.isTTY) return fallback;
  const { createInterface } = await import('node:readline/promises');
  // The terminal edits the line by itself, and makes a signal of Ctrl-C; nothing is redrawn.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('no')));
    const answer = await Promise.race([lines.question(`${question} [${fallback ? 'Y/n' : 'y/N'}] `), ended]);
    return answer.trim() === '' ? fallback : /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
