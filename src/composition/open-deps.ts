import { hostname, tmpdir, userInfo } from 'node:os';
import type { AppDeps, ProjectPlace } from '../app/deps.js';
import type { Clock } from '../ports/clock.js';
import type { Processes } from '../ports/processes.js';
import type { Store } from '../ports/store.js';
import { createSystemClock } from '../adapters/system/clock.js';
import { createSystemRandom } from '../adapters/system/random.js';
import { createSystemTimer } from '../adapters/system/timer.js';
import { createTrace } from '../adapters/system/trace.js';
import { secretValues } from '../domain/redaction/secret-values.js';
import { parseAgentId } from '../domain/kernel/ids.js';
import type { Settings } from '../domain/settings/settings.js';
import { once } from './once.js';
import { currentCommitOf } from './current-commit.js';
import { bundleVerifierFile, hookProgramFile, controlPlanePaths, packsFolder, userKeysFolder, userPolicyFile } from './paths.js';

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
    ...createPolicyTools(order.place, tools, parts.clock),
    ...createAuditTools(order.place, tools),
  };
}

async function openDatabase(order: OpenOrder, environment: Environment, parts: Pick<AppDeps, 'clock' | 'trace' | 'host' | 'actor'>): Promise<Store> {
  const { openStore } = await import('../adapters/sqlite/open-store.js');
  return openStore({ ...parts, file: controlPlanePaths(order.place.root).database, create: order.create, allowNetworkFileSystem: environment['AI_ALLOW_NETWORK_FS'] === '1', secrets: secretValues(environment) });
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
    workspaces: once(async () => (await import('../adapters/git/workspaces.js')).createWorkspaces({ root: place.root, aiFolder: place.aiFolder, run: async (order) => (await processes()).run(order), environment })),
    runFiles: once(async () => (await import('../adapters/run-files/run-files.js')).createRunFiles(paths)),
    taskFiles: once(async () => (await import('../adapters/task-files/task-files.js')).createTaskFiles()),
  };
}

/** What policy is read with. */
function createPolicyTools(place: ProjectPlace, { processes, environment }: Pick<AppDeps, 'processes' | 'environment'>, clock: Clock): Pick<AppDeps, 'policyFiles' | 'changes'> {
  const compiler = once(async () => (await import('../adapters/cel/condition-compiler.js')).createConditionCompiler());
  const changes = once(async () => (await import('../adapters/changes/change-source.js')).createChangeSource({ cwd: place.root, run: async (order) => (await processes()).run(order), environment }));
  const policyFiles = once(async () => {
    const { createPolicyFiles } = await import('../adapters/policy-files/policy-files.js');
    return createPolicyFiles({ root: place.root, globalFile: userPolicyFile(environment), packsFolder: packsFolder(), compiler, currentCommit: async () => currentCommitOf(place.root, await changes()), nowMs: () => clock.now().wallMs });
  });
  return { policyFiles, changes };
}

/** Keys, bundles and anchors of the audit log, and where hooks of agent clients are answered. */
function createAuditTools(place: ProjectPlace, { processes, environment }: Pick<AppDeps, 'processes' | 'environment'>): Pick<AppDeps, 'signingKeys' | 'auditFiles' | 'auditAnchors' | 'livePolicy'> {
  const { database } = controlPlanePaths(place.root);
  const git = { cwd: place.root, run: (async (order) => (await processes()).run(order)) as Processes['run'], environment };
  const uid = process.getuid?.() ?? null;
  return {
    signingKeys: once(async () => (await import('../adapters/signing-key/signing-keys.js')).createSigningKeys({ folder: userKeysFolder(environment), database, projectRoot: place.root, uid })),
    auditFiles: once(async () => (await import('../adapters/audit-files/audit-files.js')).createAuditFiles({ verifierFile: bundleVerifierFile() })),
    auditAnchors: once(async () => (await import('../adapters/audit-anchors/audit-anchors.js')).createAuditAnchors(git)),
    livePolicy: once(async () => (await import('../adapters/live-policy/live-policy.js')).createLivePolicy({ hookProgram: [process.execPath, hookProgramFile()], places: [environment['XDG_RUNTIME_DIR'] ?? '', tmpdir(), '/tmp'].filter((place) => place !== '') })),
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
