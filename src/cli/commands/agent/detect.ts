import { detectAgents } from '../../../app/agents/inspect-agents.js';
import type { Answer } from '../../io.js';
import { presentDetected } from '../../present/agent-detect.js';
import type { ProjectContext } from '../../shell.js';

export async function runDetect({ deps }: ProjectContext): Promise<Answer> {
  return presentDetected(await detectAgents(deps));
}
