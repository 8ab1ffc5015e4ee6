import { replayDecisions } from '../../../app/policy/tools/replay-decisions.js';
import { decisionFilter } from '../../../app/policy/tools/list-decisions.js';
import { parseDurationMs } from '../../../domain/kernel/duration.js';
import type { Answer } from '../../io.js';
import { presentImpact } from '../../present/pdr-replay.js';
import type { ProjectContext } from '../../shell.js';
import { namedPolicy } from './named.js';

interface ImpactOptions {
  readonly policy: string;
  readonly since?: string;
}

const DEFAULT_SINCE = '30d';

export async function runImpact(context: ProjectContext, _args: readonly [], { policy, since = DEFAULT_SINCE }: ImpactOptions): Promise<Answer> {
  const filter = await decisionFilter(context.deps, { task: null, run: null, point: null, effect: null, sinceMs: parseDurationMs(since) });
  return presentImpact(await replayDecisions(context.deps, filter, await namedPolicy(context, policy)), { policy, since });
}
