import { updateAgent } from '../../../app/agents/manage-agents.js';
import type { Answer } from '../../io.js';
import { presentAgent } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';
import { agentInput, type AgentOptions } from './agent-options.js';

interface UpdateOptions extends AgentOptions {
  readonly connector?: string;
}

export async function runUpdate({ deps }: ProjectContext, [id, argv]: readonly [string, readonly string[]], options: UpdateOptions): Promise<Answer> {
  const input = { ...agentInput(options, argv), connector: options.connector };
  if (Object.values(input).every((value) => value === undefined)) throw usage('Nothing to change was given.', `ai agent update ${id} --concurrency 2`);
  return presentAgent('agent.update', await updateAgent(deps, id, input));
}
