import { registerAgent } from '../../../app/agents/manage-agents.js';
import type { Answer } from '../../io.js';
import { presentAgent } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';
import { agentInput, type AgentOptions } from './agent-options.js';

interface RegisterOptions extends AgentOptions {
  readonly connector: string;
}

export async function runRegister({ deps }: ProjectContext, [id, argv]: readonly [string, readonly string[]], options: RegisterOptions): Promise<Answer> {
  return presentAgent('agent.register', await registerAgent(deps, id, { ...agentInput(options, argv), connector: options.connector }));
}
