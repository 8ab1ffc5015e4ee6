import { deny, type LiveAnswer } from '../../../../domain/live/tool-call.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the run that it belongs to has ended',
  ECONNREFUSED: 'the run that it belongs to has ended',
};

/** What is said when nobody could be asked. */
export function denial(error: unknown): LiveAnswer {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = error instanceof SyntaxError ? 'its input is no JSON' : ((Object.hasOwn(REASONS, code) ? REASONS[code] : undefined) ?? (error instanceof Error ? error.message : String(error)));
  return deny(`ai-policy: hook-error: the policy hook could not ask for a decision (${reason}), so this tool call is denied.`);
}
