import type { AgentSpec } from '../../../domain/agent/agent.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { Classification, Connector, ConnectorCapabilities, Detection, Launch, RunFacts, RunOrder } from '../../../ports/connector.js';
import { NO_CAPABILITIES, notInstalled } from '../shared/capabilities.js';
import { classifyExit, DONE, failure } from '../shared/exit.js';
import { findProgram, type Environment } from '../shared/find-program.js';
import { lastResult } from '../shared/last-events.js';
import { CommandParser } from './parser.js';

const CAPABILITIES: ConnectorCapabilities = { ...NO_CAPABILITIES, streaming: true };

/** Any program as an agent: the briefing on stdin, progress by lines on stdout, done when it exits with 0. */
export function createCommandConnector(environment: Environment): Connector {
  return {
    kind: 'command',
    summary: 'any program: the briefing on stdin and in AI_BRIEFING, exit 0 when done',
    environmentNames: [],
    detect: (agent) => detect(agent, environment),
    plan,
    parser: () => new CommandParser(),
    classify,
  };
}

async function detect(agent: AgentSpec | null, environment: Environment): Promise<Detection> {
  const usable: Detection = { installed: true, path: null, version: null, loggedIn: null, capabilities: CAPABILITIES, problem: null };
  if (agent === null) return usable;
  const [name] = agent.argv;
  if (name === undefined || name === '') return notInstalled(noProgram(agent).message);
  const program = await findProgram(name, environment);
  if (program.kind === 'found') return { ...usable, path: program.path };
  if (program.kind === 'in_workspace') return usable;
  return notInstalled(`The program ${quote(name)} was not found or may not be run; install it, or register the agent with the right path: ai agent update ${agent.id} -- PROGRAM [ARGUMENT…]`);
}

function plan(order: RunOrder): Launch {
  const { argv } = order.agent;
  if (argv[0] === undefined || argv[0] === '') throw noProgram(order.agent);
  return { argv, env: order.env, stdin: order.briefing, files: [] };
}

function classify(facts: RunFacts): Classification {
  const result = lastResult(facts.lastEvents);
  if (result !== null && !result.ok) return failure('unknown', result.text.trim() === '' ? 'The agent says that it failed, without a reason.' : result.text);
  if (result !== null && facts.exit.exitCode === 0) return DONE;
  return classifyExit(facts);
}

function noProgram(agent: AgentSpec): AiError {
  return new AiError({
    code: 'INVALID_INPUT',
    message: `The agent ${quote(agent.id)} has no program to start: the command connector takes one after --.`,
    hint: `ai agent update ${agent.id} -- PROGRAM [ARGUMENT…]`,
  });
}
