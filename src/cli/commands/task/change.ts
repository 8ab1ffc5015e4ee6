import { changeTask } from '../../../app/tasks/change-task.js';
import { parseReason } from '../../../domain/task/task-input.js';
import type { Answer } from '../../io.js';
import { presentTask } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { waitMs } from '../options.js';

interface ChangeOptions {
  readonly reason?: string;
  readonly wait?: string;
}

/** Long enough for interrupt, SIGINT and SIGTERM to be tried on an agent, each with its own patience. */
export const STOP_WAIT_MS = 30_000;

type Command = Parameters<typeof changeTask>[1]['command'];
type Kind = Exclude<Command['kind'], 'block'>;
type Change = (context: ProjectContext, args: readonly [string], options: ChangeOptions) => Promise<Answer>;

/** The verbs that move a task without a lease. One that is worked on is stopped first. */
export const runCancel = change('cancel');
export const runPause = change('pause');
export const runSkip = change('skip');
export const runResume = change('resume');
export const runRetry = change('retry');
export const runUnblock = change('unblock');

function change(kind: Kind): Change {
  return async ({ deps, nowMs }, [id], options) => {
    const reason = options.reason === undefined ? null : parseReason(options.reason);
    const task = await changeTask(deps, { id, command: commandOf(kind, reason), waitMs: waitMs(options.wait, STOP_WAIT_MS) });
    return presentTask(`task.${kind}`, task, nowMs);
  };
}

function commandOf(kind: Kind, reason: string | null): Command {
  return kind === 'cancel' || kind === 'pause' || kind === 'skip' ? { kind, reason } : { kind };
}
