import type { Agent } from '../../domain/agent/agent.js';
import type { Detection } from '../../ports/connector.js';
import { isAiError } from '../../domain/kernel/errors.js';
import type { AppDeps } from '../deps.js';
import type { Check } from './check.js';
import type { Examination } from './examination.js';

const OLDEST_NODE = [20, 19] as const;
/** `git merge-tree --write-tree`, which landing is built on, came with this one. */
const OLDEST_GIT = [2, 38] as const;
const GIT_TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 4_096;

export function checkNode(version: string): Check {
  if (isAtLeast(version, OLDEST_NODE)) return { name: 'node', state: 'ok', message: `Node ${version}`, steps: [] };
  return { name: 'node', state: 'problem', message: `Node ${version} is too old; ai needs ${OLDEST_NODE.join('.')} or newer.`, steps: ['Install a newer Node.'] };
}

/** Without a repository, git is not needed. */
export async function checkGit({ tools, place }: Examination): Promise<Check> {
  const isNeeded = place.ok && place.value.isRepository;
  const state = isNeeded ? 'problem' : 'warning';
  const version = await gitVersion(tools, place.ok ? place.value.root : '/');
  if (version === null) return { name: 'git', state, message: 'git is not installed or can\'t be started; worktrees and landing need it.', steps: [`Install git ${OLDEST_GIT.join('.')} or newer.`] };
  if (!isAtLeast(version, OLDEST_GIT)) return { name: 'git', state, message: `git ${version} is too old to land work.`, steps: [`Install git ${OLDEST_GIT.join('.')} or newer.`] };
  return { name: 'git', state: 'ok', message: `git ${version}`, steps: [] };
}

async function gitVersion(tools: Examination['tools'], cwd: string): Promise<string | null> {
  const env = { PATH: tools.environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  const result = await (await tools.processes()).run({ argv: ['git', '--version'], cwd, env, timeoutMs: GIT_TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES });
  if (result.notFound || result.exitCode !== 0) return null;
  return /\d+\.\d+(?:\.\d+)?/.exec(result.stdout)?.[0] ?? null;
}

function isAtLeast(version: string, oldest: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** The clients of registered agents must be there; the others are only told of. */
export async function checkAgents({ tools, deps }: Examination): Promise<Check[]> {
  const agents = deps.ok ? await registeredAgents(deps.value) : [];
  const checks = await Promise.all(agents.map((agent) => checkAgent(tools, agent)));
  if (agents.length > 0) return checks;
  return [{ name: 'agents', state: 'warning', message: `No agent is registered. Clients found: ${(await installedClients(tools)).join(', ') || 'none'}.`, steps: ['ai agent detect'] }];
}

async function registeredAgents(deps: AppDeps): Promise<readonly Agent[]> {
  try {
    return await deps.store.listAgents();
  } catch (error) {
    if (!isAiError(error)) throw error;
    // A database that can't be read has a check of its own.
    return [];
  }
}

async function checkAgent(tools: Examination['tools'], agent: Agent): Promise<Check> {
  const name = `agent ${agent.id}`;
  if (!agent.enabled) return { name, state: 'skipped', message: 'Disabled.', steps: [`ai agent enable ${agent.id}`] };
  const detection = await detect(tools, agent);
  if (detection.problem !== null) return { name, state: 'problem', message: detection.problem, steps: [`ai agent show ${agent.id}`] };
  if (agent.pausedReason !== null) return { name, state: 'warning', message: `Paused: ${agent.pausedReason}`, steps: [`ai agent enable ${agent.id}`] };
  return { name, state: 'ok', message: [agent.connector, detection.version, detection.path].filter((part) => part !== null).join(', '), steps: [] };
}

async function detect(tools: Examination['tools'], agent: Agent): Promise<Pick<Detection, 'problem' | 'version' | 'path'>> {
  try {
    return await (await tools.connectors()).get(agent.connector).detect(agent);
  } catch (error) {
    if (!isAiError(error)) throw error;
    return { problem: error.message, version: null, path: null };
  }
}

async function installedClients(tools: Examination['tools']): Promise<string[]> {
  const connectors = (await tools.connectors()).list();
  const found = await Promise.all(connectors.map(async (connector) => ({ kind: connector.kind, ...(await connector.detect(null)) })));
  return found.filter((client) => client.installed && client.path !== null).map((client) => `${client.kind} ${client.version ?? ''}`.trim());
}
