import { enableAgent } from '../../../app/agents/manage-agents.js';
import type { Answer } from '../../io.js';
import { presentAgent } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';

export async function runEnable({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentAgent('agent.enable', await enableAgent(deps, id, true));
}

export async function runDisable({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentAgent('agent.disable', await enableAgent(deps, id, false));
}
