import { removeAgent } from '../../../app/agents/manage-agents.js';
import type { Answer } from '../../io.js';
import { presentAgentRemoved } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';

export async function runRemove({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentAgentRemoved(await removeAgent(deps, id));
}
