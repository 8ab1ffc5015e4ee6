import { showDecision } from '../../../app/policy/tools/list-decisions.js';
import type { Answer } from '../../io.js';
import { presentDecision } from '../../present/pdr.js';
import type { ProjectContext } from '../../shell.js';

export async function runShow({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentDecision(await showDecision(deps, id));
}
