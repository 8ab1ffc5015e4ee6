import { tmpdir } from 'node:os';
import type { AgentSpec } from '../../../domain/agent/agent.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { Detection } from '../../../ports/connector.js';
import type { CommandResult, Processes } from '../../../ports/processes.js';
import { notInstalled } from '../shared/capabilities.js';
import { describeExit, withStderr } from '../shared/exit.js';
import { findProgram, type Environment } from '../shared/find-program.js';
import { findVersion, formatVersion, isAtLeast } from '../shared/version.js';
import { QUIET } from './environment.js';
import { CAPABILITIES, OLDEST_SUPPORTED } from './features.js';
import { programWords } from './invocation.js';
import { isLoggedIn } from './login.js';

/** The client answers in 0.1 s; the rest is for a cold disk on a busy machine. */
const VERSION_TIMEOUT_MS = 20_000;
const MAX_VERSION_OUTPUT_BYTES = 16 * 1024;

const INSTALL = 'install it with: npm install -g @anthropic-ai/claude-code';

export interface DetectDependencies {
  readonly run: Processes['run'];
  readonly environment: Environment;
}

/** Runs `claude --version` (or the registered program) in an empty environment, and looks for credentials. */
export async function detectClaudeCode(agent: AgentSpec | null, dependencies: DetectDependencies): Promise<Detection> {
  const [name, ...words] = programWords(agent);
  const program = await findProgram(name, dependencies.environment);
  if (program.kind === 'in_workspace') return notInstalled(`${quote(name)} is relative to the workspace of a run; register Claude Code with its full path.`);
  if (program.kind === 'missing') return notInstalled(`Claude Code was not found (${quote(name)} is not a program on PATH); ${INSTALL}`);
  const answer = await dependencies.run({
    argv: [program.path, ...words, '--version'],
    cwd: tmpdir(),
    env: versionEnvironment(dependencies.environment),
    timeoutMs: VERSION_TIMEOUT_MS,
    maxOutputBytes: MAX_VERSION_OUTPUT_BYTES,
  });
  return read(answer, { path: program.path, loggedIn: await isLoggedIn(dependencies.environment) });
}

function read(answer: CommandResult, found: { readonly path: string; readonly loggedIn: boolean | null }): Detection {
  const version = answer.exitCode === 0 ? findVersion(answer.stdout) : null;
  if (version === null) return { ...notInstalled(noVersion(answer, found.path)), path: found.path };
  return {
    installed: true,
    path: found.path,
    version: formatVersion(version),
    loggedIn: found.loggedIn,
    capabilities: CAPABILITIES,
    problem: isAtLeast(version, OLDEST_SUPPORTED) ? loginProblem(found.loggedIn) : tooOld(formatVersion(version)),
  };
}

function loginProblem(loggedIn: boolean | null): string | null {
  return loggedIn === false ? 'Claude Code is not logged in; start claude once and type /login, or set ANTHROPIC_API_KEY.' : null;
}

function tooOld(version: string): string {
  return `Claude Code ${version} is older than ${formatVersion(OLDEST_SUPPORTED)}, the oldest version that can be driven; update it with: claude update`;
}

function noVersion(answer: CommandResult, path: string): string {
  if (answer.timedOut) return `${path} did not answer --version within ${VERSION_TIMEOUT_MS / 1_000} s; see what it does in a terminal, or reinstall it.`;
  if (answer.notFound) return `${path} can't be started; ${INSTALL}`;
  const reason = answer.exitCode === 0 ? 'It named no version.' : withStderr(describeExit(answer), answer.stderr);
  return `${path} --version failed: ${reason} Reinstall Claude Code, or register the agent with the right program.`;
}

/** Enough to start a program, and nothing that it could report. */
function versionEnvironment(environment: Environment): Readonly<Record<string, string>> {
  const passed = ['PATH', 'HOME', 'CLAUDE_CONFIG_DIR'].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...QUIET };
}
