import { MAX_REQUEST_BYTES } from '../../../domain/live/hook-protocol.js';
import { isAiError } from '../../../domain/kernel/errors.js';
import { deny, type LiveAnswer } from '../../../domain/live/tool-call.js';
import { decideOutsideRun } from '../../../app/policy/live/outside-run.js';
import type { Answer } from '../../io.js';
import type { ShellContext } from '../../shell.js';

const BLOCKED = 2;

/** The slow way, for a client that nobody supervises: opens the project for this one call. */
export async function runClaudeCode(context: ShellContext, [event]: readonly [string]): Promise<Answer | undefined> {
  const answer = await decide(context, event);
  // The client reads stderr, and only together with this exit code; stdout stays empty, because it could undo it.
  if (answer.effect === 'deny') context.io.error(answer.reason ?? '');
  process.exitCode = answer.effect === 'allow' ? 0 : BLOCKED;
  return undefined;
}

async function decide({ io, host, globals }: ShellContext, event: string): Promise<LiveAnswer> {
  try {
    const payload = JSON.parse(await io.readStdin(MAX_REQUEST_BYTES)) as unknown;
    const deps = await host.open(globals, { repair: false });
    return await decideOutsideRun(deps, { client: 'claude-code', event, payload });
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'its input is no JSON' : error instanceof Error ? error.message : String(error);
    const hint = isAiError(error) && error.hint !== undefined ? ` ${error.hint}` : '';
    return deny(`ai-policy: hook-error: the policy hook could not decide (${reason}), so this tool call is denied.${hint}`);
  }
}
