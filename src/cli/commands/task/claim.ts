import { claimTask } from '../../../app/tasks/claim-task.js';
import { parseDurationMs } from '../../../domain/kernel/duration.js';
import type { Answer } from '../../io.js';
import { presentClaimed } from '../../present/task-claim.js';
import type { ProjectContext } from '../../shell.js';
import { usage, waitMs, words } from '../options.js';

interface ClaimOptions {
  readonly as?: string;
  readonly ttl?: string;
  readonly wait?: string;
  readonly capability?: readonly string[];
}

export async function runClaim({ deps, host, nowMs }: ProjectContext, [id]: readonly [string | undefined], options: ClaimOptions): Promise<Answer> {
  const holder = options.as ?? host.environment['AI_AGENT_ID'] ?? '';
  if (holder.trim() === '') throw usage('Say who takes the task; others will see the name.', `ai task claim ${id ?? ''}`.trim() + ' --as my-worker');
  const claimed = await claimTask(deps, {
    id: id ?? null,
    holder,
    ttlMs: options.ttl === undefined ? null : parseDurationMs(options.ttl),
    capabilities: words(options.capability ?? []),
    waitMs: waitMs(options.wait, 0),
  });
  return presentClaimed(claimed, nowMs);
}
