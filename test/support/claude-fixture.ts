import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createConnectors } from '../../src/adapters/connectors/registry.js';
import type { AgentEvent } from '../../src/domain/run/agent-event.js';
import type { Classification, Connector, Launch, RunOrder } from '../../src/ports/connector.js';
import type { ProcessExit } from '../../src/ports/processes.js';
import { sampleAgent, sampleOrder } from './connector-samples.js';
import { startModelServer, type ModelServer } from './model-server/server.js';
import type { ModelScript } from './model-server/turns.js';
import { runCommand } from './run-command.js';

/**
 * A place in which a real Claude Code can run without an account and without the internet: a scripted
 * model on loopback, a fake key, a home, a configuration and a temporary folder of its own, and a
 * repository to work in. Whatever is not loopback goes to a proxy that does not exist.
 */
export interface ClaudeFixture {
  readonly binary: string;
  readonly model: ModelServer;
  readonly workspace: string;
  /** Where `.ai/runs` would be. */
  readonly runsFolder: string;
  /** The whole environment of a parent process, for a run through the executor. */
  readonly environment: Readonly<Record<string, string>>;
  readonly connector: Connector;
  /** One run at the level of the connector: plan, spawn, parse, classify. */
  readonly run: (options?: RunOptions) => Promise<FinishedRun>;
  /** Ends what is left, and removes the folders. */
  readonly close: () => Promise<void>;
}

export interface RunOptions {
  readonly name?: string;
  readonly order?: Partial<Pick<RunOrder, 'briefing' | 'sessionRef' | 'budgetUsd'>>;
  /** Called with every event, live; `stop` sends a signal to the client. */
  readonly onEvent?: (event: AgentEvent, stop: (signal: NodeJS.Signals) => void) => void;
}

export interface FinishedRun {
  readonly launch: Launch;
  readonly events: readonly AgentEvent[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: ProcessExit;
  readonly verdict: Classification;
}

/** A repository with a test that fails until `sum` adds. */
const FILES: Readonly<Record<string, string>> = {
  'sum.mjs': 'export const sum = (a, b) => a - b;\n',
  'sum.test.mjs': "import assert from 'node:assert/strict';\nimport { sum } from './sum.mjs';\nassert.equal(sum(2, 3), 5);\nconsole.log('sum adds');\n",
};

export async function createClaudeFixture(binary: string, script: (workspace: string) => ModelScript): Promise<ClaudeFixture> {
  const root = await mkdtemp(join(tmpdir(), 'ai-claude-'));
  const folder = async (name: string): Promise<string> => {
    await mkdir(join(root, name), { recursive: true });
    return join(root, name);
  };
  const [home, temporary, workspace, runsFolder] = [await folder('home'), await folder('tmp'), await folder('repo'), await folder('control/runs')];
  const model = await startModelServer(script(workspace));
  const environment = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    TMPDIR: temporary,
    ANTHROPIC_API_KEY: 'fake-key-of-a-test',
    ANTHROPIC_BASE_URL: model.url,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
  };
  await makeRepository(workspace, environment);
  const connector = createConnectors({ run: runCommand, environment }).get('claude-code');
  const children = new Set<ChildProcess>();
  const marker = `AI_RUN_ID=${root}`;
  const context: Context = { binary, connector, workspace, runsFolder, environment: { ...environment, AI_RUN_ID: root }, children };
  return {
    ...context,
    model,
    run: (options = {}) => runOnce(context, options),
    close: async () => {
      for (const child of children) endGroup(child);
      await endMarked(marker);
      await model.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

type Context = Pick<ClaudeFixture, 'binary' | 'connector' | 'workspace' | 'runsFolder' | 'environment'> & { readonly children: Set<ChildProcess> };

async function makeRepository(workspace: string, environment: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(workspace, name), content);
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  for (const words of [['init', '-q'], ['add', '.'], [...identity, 'commit', '-q', '-m', 'Start']]) {
    const done = await runCommand({ argv: ['git', ...words], cwd: workspace, env: environment, timeoutMs: 20_000, maxOutputBytes: 10_000 });
    if (done.exitCode !== 0) throw new Error(`git ${words.join(' ')}: ${done.stderr}`);
  }
}

async function runOnce(context: Context, options: RunOptions): Promise<FinishedRun> {
  const { connector, environment } = context;
  const agent = sampleAgent({ connector: 'claude-code', argv: [context.binary], model: 'sonnet' });
  const passed = Object.entries(environment).filter(([name]) => connector.environmentNames.includes(name));
  const runFolder = join(context.runsFolder, options.name ?? 'r-1');
  const order = { ...sampleOrder({ agent, workspace: context.workspace, runFolder, env: Object.fromEntries(passed), ...options.order }), detection: await connector.detect(agent) };
  const launch = connector.plan(order);
  for (const file of launch.files) {
    await mkdir(dirname(file.path), { recursive: true });
    await writeFile(file.path, file.content);
  }
  const { PATH = '', HOME = '', TMPDIR = '', AI_RUN_ID = '' } = environment;
  const child = spawn(launch.argv[0] ?? '', launch.argv.slice(1), { cwd: context.workspace, env: { PATH, HOME, TMPDIR, AI_RUN_ID, ...launch.env }, detached: true });
  context.children.add(child);
  return { launch, ...(await follow(child, { connector, launch, options })) };
}

interface Following {
  readonly connector: Connector;
  readonly launch: Launch;
  readonly options: RunOptions;
}

async function follow(child: ReturnType<typeof spawn>, { connector, launch, options }: Following): Promise<Omit<FinishedRun, 'launch'>> {
  const parser = connector.parser();
  const events: AgentEvent[] = [];
  const output = { stdout: '', stderr: '' };
  const take = (found: readonly AgentEvent[]): void => {
    events.push(...found);
    for (const event of found) options.onEvent?.(event, (signal) => child.kill(signal));
  };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      output[stream] += chunk.toString('utf8');
      take(parser.push(stream, chunk));
    });
  }
  child.stdin?.on('error', () => undefined); // It may leave without reading: its exit tells why.
  child.stdin?.end(launch.stdin);
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  take(parser.end());
  const exit = { exitCode, signal };
  return { events, ...output, exit, verdict: connector.classify({ exit, stderrTail: output.stderr.slice(-65_536), lastEvents: events.slice(-100) }) };
}

function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined) killQuietly(-child.pid);
}

/** Commands of the client run in sessions of their own, and older clients leave them behind; Linux shows whose they are. */
async function endMarked(marker: string): Promise<void> {
  const pids = await readdir('/proc').catch(() => []);
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(marker)) killQuietly(Number(pid));
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already, which is what we want.
  }
}
