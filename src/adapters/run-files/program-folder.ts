import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from './atomic-file.js';
import { errnoOf } from './file-errors.js';

const EXECUTABLE = 0o700;

/**
 * A folder that holds one program, `ai`, which runs `argv` with the words that follow. Named by its content,
 * so that two installations do not change each other's; written again when somebody altered it.
 */
export async function makeProgramFolder(parent: string, argv: readonly string[]): Promise<string> {
  const script = `#!/bin/sh\nexec ${argv.map(shellQuote).join(' ')} "$@"\n`;
  const name = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const file = path.join(parent, name, 'ai');
  if (!(await isAsWritten(file, script))) await writeAtomically(file, script, EXECUTABLE);
  return path.dirname(file);
}

async function isAsWritten(file: string, script: string): Promise<boolean> {
  try {
    const { mode } = await stat(file);
    return (mode & 0o777) === EXECUTABLE && (await readFile(file, 'utf8')) === script;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** POSIX sh takes everything between single quotes as it is. */
function shellQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
