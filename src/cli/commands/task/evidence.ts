import { taskEvidence } from '../../../app/tasks/task-evidence.js';
import type { Answer } from '../../io.js';
import { presentEvidence } from '../../present/task-evidence.js';
import type { ProjectContext } from '../../shell.js';

export async function runEvidence({ deps, nowMs }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentEvidence(await taskEvidence(deps, id), nowMs);
}
