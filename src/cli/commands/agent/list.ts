import { listAgents } from '../../../app/agents/inspect-agents.js';
import type { Answer } from '../../io.js';
import { presentAgentList } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';

export async function runList({ deps }: ProjectContext): Promise<Answer> {
  return presentAgentList(await listAgents(deps));
}
