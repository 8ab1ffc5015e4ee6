import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { AgentSpec } from '../../../domain/agent/agent.js';
import type { Launch, RunOrder } from '../../../ports/connector.js';
import { findVersion, isAtLeast } from '../shared/version.js';
import { clientEnvironment } from './environment.js';
import { ANSWERS_PROMPTS_ITSELF } from './features.js';
import { policyHooks } from './policy-hooks.js';
import { isSessionRef } from './session-ref.js';

export const DEFAULT_PROGRAM = 'claude';

/**
 * Tools that an unattended run is offered. Left out on purpose: everything that schedules, waits for
 * people, or makes worktrees of its own (the workspace is ours), and the web, which would need its
 * own permission. A version that does not know a name passes over it.
 */
const OFFERED_TOOLS = ['Bash', 'Read', 'Edit', 'Write', 'NotebookEdit', 'Glob', 'Grep', 'Skill', 'Task', 'TodoWrite'];

/** Allowed without asking, everywhere: reading, and the shell, without which no test could be run. */
const ALLOWED_TOOLS = ['Bash', 'Read', 'Glob', 'Grep'];

/** The words that start the client: registered ones (`claude --effort high`, `nice claude`), or `claude`. */
export function programWords(agent: AgentSpec | null): readonly [string, ...string[]] {
  const [program, ...rest] = agent?.argv ?? [];
  return program === undefined || program === '' ? [DEFAULT_PROGRAM] : [program, ...rest];
}

/**
 * How Claude Code is started for one run. Pure.
 *
 * The permission mode is `acceptEdits` with the shell allowed. Measured on 2.1.329: it edits inside the
 * workspace and runs commands without a question, and still refuses the edit tools everything outside
 * the workspace, `.git` and its own settings: an agent that mixes up the worktree and the main checkout
 * is stopped at the first write. `dontAsk` with edits allowed writes anywhere; `bypassPermissions`
 * is refused for root and refuses nothing else. The shell is not confined by any of them; what
 * it wrote outside the declared paths is found by the diff.
 *
 * Nothing of the repository or the user steers the client: no setting sources, no MCP servers but ours.
 */
export function planLaunch(order: RunOrder): Launch {
  const [program, ...words] = programWords(order.agent);
  const settingsFile = join(order.runFolder, 'claude-settings.json');
  return {
    argv: [
      order.detection.path ?? program,
      ...words,
      ...['-p', '--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
      ...['--setting-sources', '', '--strict-mcp-config', '--settings', settingsFile],
      ...['--permission-mode', 'acceptEdits', '--tools', OFFERED_TOOLS.join(','), '--allowedTools', ALLOWED_TOOLS.join(',')],
      ...promptWords(order),
      ...sessionWords(order),
      ...modelWords(order.agent),
      ...budgetWords(order.budgetUsd),
    ],
    env: clientEnvironment(order),
    stdin: asPrompt(order.briefing),
    files: [{ path: settingsFile, content: `${JSON.stringify(settings(order), null, 2)}\n` }],
  };
}

/** A prompt that begins with a slash is a command to the client (`/clear` ends with success, and nothing was done). */
function asPrompt(briefing: string): string {
  return briefing.trimStart().startsWith('/') ? `# Task\n\n${briefing}` : briefing;
}

/** Tells the model at once that nobody answers, instead of leaving it waiting for a permission. */
function promptWords(order: RunOrder): readonly string[] {
  const version = findVersion(order.detection.version ?? '');
  return version !== null && isAtLeast(version, ANSWERS_PROMPTS_ITSELF) ? ['--permission-prompts', 'none'] : [];
}

function sessionWords(order: RunOrder): readonly string[] {
  if (order.sessionRef === null) return ['--session-id', sessionIdOf(order.runFolder)];
  if (isSessionRef(order.sessionRef)) return ['--resume', order.sessionRef];
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(order.sessionRef)} is not a session of Claude Code.`, hint: 'Start the task without a session to resume.' });
}

/**
 * The session id is known before the client says it, so that a run can be resumed even when it died at
 * once; it depends on the run alone, so that a plan is repeatable. A name-based UUID (RFC 9562, version 8).
 */
function sessionIdOf(runFolder: string): string {
  const bytes = createHash('sha256').update(`claude-code session of ${runFolder}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function modelWords(agent: AgentSpec): readonly string[] {
  const { model } = agent;
  if (model === null) return [];
  if (/^[A-Za-z0-9][^\p{Cc}\s]*$/u.test(model)) return ['--model', model];
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(model)} can't name a model.`, hint: `ai agent update ${agent.id} --model MODEL` });
}

function budgetWords(budgetUsd: string | null): readonly string[] {
  if (budgetUsd === null) return [];
  if (/^\d{1,7}(\.\d{1,20})?$/.test(budgetUsd) && Number(budgetUsd) > 0) return ['--max-budget-usd', budgetUsd];
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(budgetUsd)} is not an amount in US dollars above zero.`, hint: 'Give the budget as a decimal number, for example --budget 2.50.' });
}

function settings(order: RunOrder): Readonly<Record<string, unknown>> {
  const hooks = order.livePolicy == null ? {} : { hooks: policyHooks(order.livePolicy) };
  return { permissions: { deny: protectedFolders(order).map((folder) => `Edit(/${folder}/**)`) }, ...hooks };
}

/**
 * The folder of all runs (transcripts, evidence) is closed to the edit tools. A rule is a pattern: a
 * path that could mean something else as one gets no rule, and neither does a folder that holds the workspace.
 */
function protectedFolders(order: RunOrder): readonly string[] {
  const runs = dirname(order.runFolder);
  const holdsWorkspace = !relative(runs, order.workspace).startsWith('..');
  return /^\/[\w./-]+$/.test(runs) && !holdsWorkspace ? [runs] : [];
}
