import { listDecisions } from '../../../app/policy/tools/list-decisions.js';
import { parseDurationMs } from '../../../domain/kernel/duration.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { Answer } from '../../io.js';
import { presentDecisions } from '../../present/pdr.js';
import type { ProjectContext } from '../../shell.js';
import { wholeNumber } from '../options.js';

interface ListOptions {
  readonly task?: string;
  readonly run?: string;
  readonly point?: string;
  readonly effect?: string;
  readonly since?: string;
  readonly limit?: string;
  readonly before?: string;
}

const DEFAULT_LIMIT = 50;

export async function runList({ deps, nowMs }: ProjectContext, _args: readonly [], options: ListOptions): Promise<Answer> {
  const limit = options.limit === undefined ? DEFAULT_LIMIT : wholeNumber(options.limit, { name: '--limit', min: 1, max: LIMITS.listPage });
  const filter = { task: options.task ?? null, run: options.run ?? null, point: options.point ?? null, effect: options.effect ?? null, sinceMs: options.since === undefined ? null : parseDurationMs(options.since) };
  return presentDecisions(await listDecisions(deps, filter, { limit, before: options.before ?? null }), nowMs);
}
