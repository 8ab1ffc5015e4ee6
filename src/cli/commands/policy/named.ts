import { isAiError } from '../../../domain/kernel/errors.js';
import type { NamedPolicy } from '../../../app/policy/tools/named-policy.js';
import type { ShellContext } from '../../shell.js';
import { readText } from '../read-text.js';

/** Above what a policy may have, so that the parser's own message is the one that is read. */
const MAX_POLICY_BYTES = 1024 * 1024;

/** A file as typed; `-` is stdin. Throws FILE_NOT_FOUND, INVALID_INPUT. */
export async function namedFile(context: Pick<ShellContext, 'io' | 'host'>, source: string): Promise<{ readonly source: string; readonly text: string }> {
  return { source: source === '-' ? 'stdin' : source, text: await readText(context, source, MAX_POLICY_BYTES) };
}

/** A file where there is one of that name, else `REV` or `REV:path` of git. */
export async function namedPolicy(context: Pick<ShellContext, 'io' | 'host'>, name: string): Promise<NamedPolicy> {
  try {
    return { kind: 'file', ...(await namedFile(context, name)) };
  } catch (error) {
    if (!isAiError(error, 'FILE_NOT_FOUND') || name.startsWith('-')) throw error;
    return { kind: 'revision', name };
  }
}
