import { replayDecision, replayDecisions } from '../../../app/policy/tools/replay-decisions.js';
import type { Answer } from '../../io.js';
import { presentReplay, presentReplays } from '../../present/pdr-replay.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';
import { namedPolicy } from '../policy/named.js';

interface ReplayOptions {
  readonly policy?: string;
  readonly all?: boolean;
}

const EVERYTHING = { task: null, run: null, point: null, effect: null, sinceMs: null };

export async function runReplay(context: ProjectContext, [id]: readonly [string | undefined], options: ReplayOptions): Promise<Answer> {
  const named = options.policy === undefined ? null : await namedPolicy(context, options.policy);
  if (options.all === true) {
    if (id !== undefined) throw usage('Either one decision is replayed or all of them.', 'ai pdr replay --all');
    return presentReplays(await replayDecisions(context.deps, EVERYTHING, named), options.policy ?? null);
  }
  if (id === undefined) throw usage('It is not said what to replay.', 'ai pdr replay ID, or ai pdr replay --all');
  return presentReplay(await replayDecision(context.deps, id, named), options.policy ?? null);
}
