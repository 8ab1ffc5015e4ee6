import { AiError, type ErrorCode } from '../../domain/kernel/errors.js';

const CODES: Readonly<Record<string, { readonly code: ErrorCode; readonly what: string; readonly hint: string; readonly retryable: boolean }>> = {
  ENOSPC: { code: 'DISK_FULL', what: 'the disk is full', hint: 'Free some space, then run the same command again.', retryable: true },
  EDQUOT: { code: 'DISK_FULL', what: 'your disk quota is used up', hint: 'Free some space, then run the same command again.', retryable: true },
  EACCES: { code: 'READ_ONLY', what: 'you may not write there', hint: 'Give yourself write access to .ai/, then run the same command again.', retryable: false },
  EPERM: { code: 'READ_ONLY', what: 'you may not write there', hint: 'Give yourself write access to .ai/, then run the same command again.', retryable: false },
  EROFS: { code: 'READ_ONLY', what: 'the file system is read-only', hint: 'Keep the repository on a writable disk.', retryable: false },
};

/** Runs a piece of file work; conditions of the machine become AiError (DISK_FULL, READ_ONLY), everything else stays. */
export async function withFileErrors<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, file);
  }
}

export function fileError(error: unknown, file: string): unknown {
  const known = CODES[errnoOf(error) ?? ''];
  if (known === undefined) return error;
  return new AiError({ code: known.code, message: `${file} can't be written: ${known.what}.`, hint: known.hint, retryable: known.retryable, details: { file }, cause: error });
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
