import { AiError } from '../kernel/errors.js';
import { quote } from '../kernel/ids.js';

/** The refusal of a pattern: which one, why, and what to write instead (a whole sentence). */
export function invalidGlob(pattern: string, reason: string, instead: string): AiError {
  return new AiError({ code: 'INVALID_GLOB', message: `${quote(pattern)} is no path pattern: ${reason}. ${instead}`, details: { pattern } });
}
