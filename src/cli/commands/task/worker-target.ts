import type { WorkerTarget } from '../../../app/tasks/worker-call.js';
import { parseFencingToken, type FencingToken } from '../../../domain/kernel/ids.js';
import type { Host } from '../../host.js';
import { usage } from '../options.js';

export interface WorkerOptions {
  readonly token?: string;
}

/** The task and token that a worker speaks of: the words of the line, else what a spawned agent finds in its environment. */
export function workerTarget(host: Pick<Host, 'environment'>, idText: string | undefined, verb: { readonly name: string; readonly token: string | undefined }): WorkerTarget {
  const id = taskIdOf(host, idText, verb.name);
  return { id, token: tokenOf(host, verb.token, `ai task ${verb.name} ${id}`) };
}

/** Throws USAGE when neither names a task. */
export function taskIdOf({ environment }: Pick<Host, 'environment'>, idText: string | undefined, verb: string): string {
  const id = idText ?? environment['AI_TASK_ID'] ?? '';
  if (id === '') throw usage('Which task? Name it; only an agent that ai started may leave it out (AI_TASK_ID).', `ai task ${verb} ID`);
  return id;
}

/** Throws USAGE when there is none, INVALID_INPUT when it is no token. */
export function tokenOf({ environment }: Pick<Host, 'environment'>, tokenText: string | undefined, command: string): FencingToken {
  const token = tokenText ?? environment['AI_LEASE_TOKEN'] ?? '';
  if (token === '') throw usage('The lease token is missing: it is what `ai task claim` answered (lease.token with --json).', `${command} --token N`);
  return parseFencingToken(token);
}
