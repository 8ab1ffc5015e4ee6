import { hostname, userInfo } from 'node:os';
import type { AppDeps, ProjectPlace } from '../app/deps.js';
import type { Processes } from '../ports/processes.js';
import type { Store } from '../ports/store.js';
import { createSystemClock } from '../adapters/system/clock.js';
import { createSystemRandom } from '../adapters/system/random.js';
import { createSystemTimer } from '../adapters/system/timer.js';
import { createTrace } from '../adapters/system/trace.js';
import { parseAgentId } from '../domain/kernel/ids.js';
import type { Settings } from '../domain/settings/settings.js';
import { once } from './once.js';
import { controlPlanePaths } from './paths.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Named so that a debugger or a crash test can subscribe to it. */
export const TRACE_CHANNEL = 'ai:step';

export interface OpenOrder {
  readonly place: ProjectPlace;
  readonly settings: Settings;
  /** True only for `ai init`. */
  readonly create: boolean;
}

/** The world of the use cases, with the database open and everything else still closed. */
export async function openDeps(surroundings: Pick<AppDeps, 'environment' | 'selfArgv'>, order: OpenOrder): Promise<AppDeps> {
  const { environment, selfArgv } = surroundings;
  const parts = { clock: createSystemClock(), trace: createTrace(TRACE_CHANNEL), host: hostname(), actor: actorOf(environment) };
  const store = await openDatabase(order, environment, parts);
  const tools = createTools(environment);
  return {
    ...parts,
    ...tools,
    store,
    selfArgv,
    place: order.place,
    settings: order.settings,
    timer: createSystemTimer(),
    random: createSystemRandom(),
    sha256,
    ...createFolders(order.place, tools),
  };
}

async function openDatabase(order: OpenOrder, environment: Environment, parts: Pick<AppDeps, 'clock' | 'trace' | 'host' | 'actor'>): Promise<Store> {
  const { openStore } = await import('../adapters/sqlite/open-store.js');
  return openStore({ ...parts, file: controlPlanePaths(order.place.root).database, create: order.create, allowNetworkFileSystem: environment['AI_ALLOW_NETWORK_FS'] === '1' });
}

/** What needs neither a place nor a database. */
export function createTools(environment: Environment): Pick<AppDeps, 'processes' | 'connectors' | 'environment'> {
  const processes = once(async (): Promise<Processes> => (await import('../adapters/process/processes.js')).createProcesses());
  const connectors = once(async () => {
    const { createConnectors } = await import('../adapters/connectors/registry.js');
    return createConnectors({ environment, run: async (order) => (await processes()).run(order) });
  });
  return { processes, connectors, environment };
}

function createFolders(place: ProjectPlace, { processes, environment }: Pick<AppDeps, 'processes' | 'environment'>): Pick<AppDeps, 'workspaces' | 'runFiles' | 'taskFiles'> {
  const paths = controlPlanePaths(place.root);
  return {
    workspaces: once(async () => (await import('../adapters/worktrees/workspaces.js')).createWorkspaces({ root: place.root, aiFolder: place.aiFolder, run: async (order) => (await processes()).run(order), environment })),
    runFiles: once(async () => (await import('../adapters/run-files/run-files.js')).createRunFiles(paths)),
    taskFiles: once(async () => (await import('../adapters/task-files/task-files.js')).createTaskFiles()),
  };
}

/** Who acts: the agent whose run this process belongs to, else the user of the system. */
export function actorOf(environment: Environment): string {
  const agent = environment['AI_AGENT_ID'] ?? '';
  return agent === '' ? `user:${userName(environment)}` : `agent:${parseAgentId(agent)}`;
}

function userName(environment: Environment): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id that has no name (uv_os_get_passwd: ENOENT).
    return environment['USER'] ?? 'unknown';
  }
}

/** Loaded at the first call: the module costs as much as a fifth of a cold command, and reading commands hash nothing. */
export function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}
