import { heartbeatTask } from '../../../app/tasks/worker-call.js';
import { parseDurationMs } from '../../../domain/kernel/duration.js';
import type { Answer } from '../../io.js';
import { presentHeartbeat } from '../../present/task-claim.js';
import type { ProjectContext } from '../../shell.js';
import { workerTarget, type WorkerOptions } from './worker-target.js';

interface HeartbeatOptions extends WorkerOptions {
  readonly ttl?: string;
}

export async function runHeartbeat({ deps, host }: ProjectContext, [id]: readonly [string | undefined], options: HeartbeatOptions): Promise<Answer> {
  const target = workerTarget(host, id, { name: 'heartbeat', token: options.token });
  return presentHeartbeat(await heartbeatTask(deps, target, options.ttl === undefined ? null : parseDurationMs(options.ttl)));
}
