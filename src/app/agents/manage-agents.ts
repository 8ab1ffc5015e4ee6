import type { Agent, AgentSpec } from '../../domain/agent/agent.js';
import { AiError } from '../../domain/kernel/errors.js';
import { parseAgentId, quote } from '../../domain/kernel/ids.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { parseLine } from '../../domain/kernel/text.js';
import { parseWord, parseWords } from '../../domain/task/task-input.js';
import type { AgentEdit } from '../../ports/agent-store.js';
import type { AppDeps } from '../deps.js';

export interface AgentInput {
  readonly connector?: string | undefined;
  readonly role?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly capabilities?: readonly string[] | undefined;
  readonly concurrency?: number | undefined;
  readonly argv?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
}

type AgentDeps = Pick<AppDeps, 'store' | 'connectors'>;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const MAX_CONCURRENCY = 256;

/** Throws ALREADY_EXISTS, INVALID_INPUT. */
export async function registerAgent(deps: AgentDeps, idText: string, input: AgentInput & { readonly connector: string }): Promise<Agent> {
  const id = parseAgentId(idText);
  const spec: AgentSpec = { id, connector: input.connector, role: null, model: null, labels: [], capabilities: [], concurrency: 1, argv: [], env: [], ...(await checked(deps, input)) };
  if (spec.connector === 'command' && spec.argv.length === 0) {
    throw new AiError({ code: 'INVALID_INPUT', message: 'The command connector needs the program to run, after "--".', hint: `ai agent register ${id} --connector command -- ./my-agent.sh` });
  }
  return deps.store.registerAgent(spec);
}

/** Throws AGENT_NOT_FOUND, INVALID_INPUT. */
export async function updateAgent(deps: AgentDeps, idText: string, input: AgentInput): Promise<Agent> {
  return deps.store.updateAgent(parseAgentId(idText), await checked(deps, input));
}

/** Enabling also ends a pause that `ai` imposed. */
export async function enableAgent(deps: Pick<AppDeps, 'store'>, idText: string, enabled: boolean): Promise<Agent> {
  return deps.store.updateAgent(parseAgentId(idText), enabled ? { enabled, pausedReason: null } : { enabled });
}

export async function labelAgent(deps: Pick<AppDeps, 'store'>, idText: string, change: { readonly add: readonly string[]; readonly remove: readonly string[] }): Promise<Agent> {
  const agent = await deps.store.getAgent(parseAgentId(idText));
  const labels = parseWords([...agent.labels, ...change.add], 'label').filter((label) => !change.remove.includes(label));
  return deps.store.updateAgent(agent.id, { labels });
}

export async function removeAgent(deps: Pick<AppDeps, 'store'>, idText: string): Promise<{ readonly id: string }> {
  const id = parseAgentId(idText);
  await deps.store.removeAgent(id);
  return { id };
}

async function checked(deps: AgentDeps, input: AgentInput): Promise<AgentEdit> {
  const edit: Record<string, unknown> = {};
  if (input.connector !== undefined) edit['connector'] = (await deps.connectors()).get(input.connector).kind;
  if (input.role !== undefined) edit['role'] = input.role === null ? null : parseWord(input.role, 'role');
  if (input.model !== undefined) edit['model'] = input.model === null ? null : parseLine(input.model, { name: 'model', max: 128 });
  if (input.labels !== undefined) edit['labels'] = parseWords(input.labels, 'label');
  if (input.capabilities !== undefined) edit['capabilities'] = parseWords(input.capabilities, 'capability');
  if (input.concurrency !== undefined) edit['concurrency'] = parseConcurrency(input.concurrency);
  if (input.argv !== undefined) edit['argv'] = parseArgv(input.argv);
  if (input.env !== undefined) edit['env'] = input.env.map(parseVariableName);
  return edit;
}

function parseConcurrency(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > MAX_CONCURRENCY) throw new AiError({ code: 'INVALID_INPUT', message: `Concurrency is a whole number from 1 to ${MAX_CONCURRENCY}, not ${value}.` });
  return value;
}

function parseArgv(argv: readonly string[]): readonly string[] {
  if (argv.length > LIMITS.agentArgv || argv.some((word) => word.includes('\0'))) throw new AiError({ code: 'INVALID_INPUT', message: `An agent's argument vector has at most ${LIMITS.agentArgv} words, without NUL.` });
  return argv;
}

/** Only the name: a value in the registration would be a stored secret. */
function parseVariableName(name: string): string {
  // What follows "=" would be a value, and is not repeated.
  const [shown = ''] = name.split('=');
  if (!VARIABLE_NAME.test(name)) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(shown)}${shown === name ? '' : '=…'} is no variable name; give the name only, never the value.`, hint: '--env ANTHROPIC_API_KEY' });
  return name;
}
