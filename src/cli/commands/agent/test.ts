import { testAgent } from '../../../app/agents/test-agent.js';
import { escapeLine } from '../../escape.js';
import type { Answer } from '../../io.js';
import { presentAgentTest } from '../../present/agent-detect.js';
import type { ProjectContext } from '../../shell.js';

export async function runTest({ deps, io }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  io.note(`Starting ${escapeLine(id)} with a harmless order…`);
  return presentAgentTest(await testAgent(deps, { id, signal: io.signal }));
}
