import { showAgent } from '../../../app/agents/inspect-agents.js';
import type { Answer } from '../../io.js';
import { presentAgentDetail } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';

export async function runShow({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentAgentDetail(await showAgent(deps, id));
}
