import type { Agent } from '../../domain/agent/agent.js';
import { parseAgentId, makeId } from '../../domain/kernel/ids.js';
import { minimalEnvironment } from '../../domain/run/environment.js';
import type { Detection } from '../../ports/connector.js';
import type { AppDeps } from '../deps.js';
import { RunEnd } from '../runs/run-end.js';
import { superviseAgent } from '../runs/supervise-agent.js';

export interface AgentTestStep {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface AgentTest {
  readonly agent: Agent;
  readonly ok: boolean;
  readonly detection: Detection;
  readonly steps: readonly AgentTestStep[];
  readonly durationMs: number;
}

const TIME_LIMIT_MS = 5 * 60_000;
const BRIEFING = '# A test\n\nThis is a test of the connection to you. Change no file. Answer with the word ready, and exit.\n';

/** Starts the agent once for real with a harmless briefing, in a folder of its own, and tells what worked. It may spend a few tokens. */
export async function testAgent(deps: AppDeps, input: { readonly id: string; readonly signal: AbortSignal }): Promise<AgentTest> {
  const agent = await deps.store.getAgent(parseAgentId(input.id));
  const connector = (await deps.connectors()).get(agent.connector);
  const startedMs = deps.clock.now().monoMs;
  const detection = await connector.detect(agent);
  const found: AgentTestStep = { name: 'installed', ok: detection.installed, detail: detection.problem ?? detection.version ?? detection.path ?? '' };
  const steps = detection.installed ? [found, ...(await converse(deps, { agent, detection, signal: input.signal }))] : [found];
  return { agent, ok: steps.every((step) => step.ok), detection, steps, durationMs: Math.round(deps.clock.now().monoMs - startedMs) };
}

async function converse(deps: AppDeps, test: { readonly agent: Agent; readonly detection: Detection; readonly signal: AbortSignal }): Promise<AgentTestStep[]> {
  const { agent, detection } = test;
  const connector = (await deps.connectors()).get(agent.connector);
  const marker = makeId('run', deps.random.bytes(6));
  const files = await deps.runFiles();
  const folder = await files.folder(marker);
  await files.writeFile(marker, 'briefing.md', BRIEFING);
  const env = { ...minimalEnvironment(deps.environment, [...agent.env, ...connector.environmentNames]), AI_BRIEFING: folder.briefingFile };
  const launch = connector.plan({ agent, workspace: folder.path, briefing: BRIEFING, briefingFile: folder.briefingFile, runFolder: folder.path, detection, budgetUsd: null, sessionRef: null, env });
  for (const file of launch.files) await files.writeFile(marker, file.path, file.content);
  const end = new RunEnd();
  test.signal.addEventListener('abort', () => end.because({ kind: 'signal' }), { once: true });
  const events = await files.openEvents(marker);
  let seen = 0;
  const supervised = await superviseAgent(deps, await deps.processes(), {
    launch: { argv: launch.argv, cwd: folder.path, env: { ...env, ...launch.env }, stdin: launch.stdin, marker, stdoutFile: folder.stdoutFile, stderrFile: folder.stderrFile, maxFileBytes: deps.settings.execution.maxOutputBytes },
    parser: connector.parser(),
    events,
    end,
    timeoutMs: TIME_LIMIT_MS,
    stallTimeoutMs: TIME_LIMIT_MS,
    budgetUsd: null,
    record: async () => undefined,
    onEvent: () => (seen += 1),
  });
  await events.close();
  const verdict = connector.classify(supervised);
  return [
    { name: 'starts and exits', ok: end.cause === null, detail: end.cause === null ? `exit ${supervised.exit.exitCode ?? supervised.exit.signal ?? ''}` : end.cause.kind },
    { name: 'speaks', ok: seen > 0 || verdict.errorClass === null, detail: `${seen} events` },
    { name: 'says it is done', ok: verdict.errorClass === null, detail: verdict.message ?? 'done' },
    { name: 'leaves no process', ok: supervised.proof.survivors.length === 0, detail: `${supervised.proof.survivors.length} left` },
  ];
}
