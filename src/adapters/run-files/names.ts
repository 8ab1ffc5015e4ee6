import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';

const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const PART = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_PARTS = 8;

/** Throws INVALID_INPUT unless the text can be the name of a run's folder. */
export function parseRunName(text: string): string {
  if (!RUN_NAME.test(text)) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} can't name the folder of a run.` });
  return text;
}

/**
 * The path of a run's file: a plain relative name, with folders if need be, that stays inside the folder.
 * An absolute path is taken when it lies inside. Throws INVALID_INPUT.
 */
export function fileInFolder(folder: string, name: string): string {
  const relative = path.isAbsolute(name) ? path.relative(folder, name) : name;
  const parts = relative.split('/');
  // Hidden files are for clients' own settings (`.claude/settings.json`); a dot alone never names one.
  const isPlain = parts.length <= MAX_PARTS && parts.every((part) => PART.test(part.replace(/^\.(?=[^.])/, '')));
  if (!isPlain) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(name)} can't name a file of a run: use letters, digits, ".", "_", "-" and "/" and stay inside the folder.` });
  return path.join(folder, ...parts);
}

/** Throws INVALID_INPUT unless the text is a SHA-256 in lower-case hex. */
export function parseSha256(text: string): string {
  if (!SHA256.test(text)) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is no SHA-256 digest.` });
  return text;
}
