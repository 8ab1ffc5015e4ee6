import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';

const CODES: Readonly<Record<string, ErrorCode>> = { ENOSPC: 'DISK_FULL', EDQUOT: 'DISK_FULL', EROFS: 'READ_ONLY', EACCES: 'READ_ONLY', EPERM: 'READ_ONLY' };

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A refusal of the system in our words; everything else as it is. */
export function fileError(error: unknown, file: string): unknown {
  const code = codeOf(error);
  const known = code === undefined ? undefined : CODES[code];
  if (known === undefined) return error;
  return new AiError({ code: known, message: `${file} can't be written (${code ?? ''}).`, hint: 'Checkpoints of the audit log need it: make room, or make the folder writable.', cause: error });
}
