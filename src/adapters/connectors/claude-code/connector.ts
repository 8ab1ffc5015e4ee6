import type { Connector } from '../../../ports/connector.js';
import { classifyClaudeCode } from './classify.js';
import { detectClaudeCode, type DetectDependencies } from './detect.js';
import { ENVIRONMENT_NAMES } from './environment.js';
import { planLaunch } from './invocation.js';
import { ClaudeCodeParser } from './parser.js';

/** Anthropic's Claude Code, driven through `claude -p` and its `stream-json` output. */
export function createClaudeCodeConnector(dependencies: DetectDependencies): Connector {
  return {
    kind: 'claude-code',
    summary: 'Claude Code (claude), logged in or with ANTHROPIC_API_KEY',
    environmentNames: ENVIRONMENT_NAMES,
    detect: (agent) => detectClaudeCode(agent, dependencies),
    plan: planLaunch,
    parser: () => new ClaudeCodeParser(),
    classify: classifyClaudeCode,
  };
}
