import type { LivePolicyHook } from '../../../ports/connector.js';

/** What the hook's program is told: which client asks, and about what. */
const CALLED_AS = ['claude-code', 'pre-tool-use'];

/**
 * The client's `hooks` setting that has every tool call decided.
 *
 * Measured on 2.1.197 and 2.1.329: exit code 2 blocks, whatever is on stdout, and its stderr reaches the model. Every other
 * failure lets the call pass: another exit code, death by a signal, a missing program, the client's own timeout. So the shell
 * turns each failure into 2. JSON on stdout is not used: in versions between those two it undid the exit code.
 */
export function policyHooks({ hookArgv, timeoutSeconds }: LivePolicyHook): Readonly<Record<string, unknown>> {
  const command = `${[...hookArgv, ...CALLED_AS].map(shellQuote).join(' ')} || exit 2`;
  return { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command, timeout: timeoutSeconds }] }] };
}

/** POSIX shells take everything between single quotes as it is. */
function shellQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
