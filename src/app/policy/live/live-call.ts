import type { Agent } from '../../../domain/agent/agent.js';
import { canonicalJson } from '../../../domain/audit/canonical-json.js';
import { absolutePath, locatePath, type Whereabouts } from '../../../domain/live/locate-path.js';
import type { ToolCall } from '../../../domain/live/tool-call.js';
import { pathsToResolve, toolQuestions, UNKNOWN_FILE, type ToolQuestion } from '../../../domain/live/tool-questions.js';
import type { Facts } from '../../../domain/policy/facts.js';
import type { DecisionRequest } from '../../../domain/policy/request.js';
import type { Task } from '../../../domain/task/task.js';
import type { LivePolicy } from '../../../ports/live-policy.js';
import { agentFacts, subjectOf, taskFacts, timeFacts } from '../subject.js';

/** The same for every call of one run, or of one client outside of any. */
export interface LiveSubject {
  readonly agent: Pick<Agent, 'id' | 'role' | 'labels' | 'model'>;
  /** `user:NAME` or `agent:ID`: who started it. */
  readonly actor: string;
  readonly task: Task | null;
  readonly run: string | null;
  readonly branch: string | null;
  readonly unattended: boolean;
  /** The folder that the client works in; paths are relative to it. */
  readonly workspace: string;
}

export interface CallTools {
  readonly realPath: LivePolicy['realPath'];
  readonly sha256: (text: string) => string;
}

/** A call that nothing can be said about is none that policy could allow. */
const UNRESOLVED = '';

/** The questions of one call, with every path in each form that counts. */
export async function questionsOf(tools: CallTools, call: ToolCall, workspace: string): Promise<readonly ToolQuestion[]> {
  const where: Whereabouts = { roots: [workspace, (await tools.realPath(workspace)) ?? workspace], cwd: call.cwd };
  const forms = new Map<string, readonly string[]>();
  for (const written of pathsToResolve(call)) forms.set(written, await formsOf(tools, written, where));
  return toolQuestions(call, { digest: argumentsDigest(tools, call), forms });
}

/** As written, and where links lead: taken by the words (as edit tools do) and step by step (as shells do). */
async function formsOf(tools: CallTools, written: string, where: Whereabouts): Promise<readonly string[]> {
  const absolute = absolutePath(written, where.cwd);
  if (written === UNKNOWN_FILE || absolute === null) return [written];
  const plain = locatePath(written, where);
  const inWorkspace = plain.startsWith('/') ? plain : `${where.roots[0] ?? ''}/${plain}`;
  const real = await Promise.all([...new Set([inWorkspace, absolute])].map((path) => tools.realPath(path)));
  return [...new Set([plain, ...real.map((path) => (path === null ? UNRESOLVED : locatePath(path, where)))])];
}

/** An approval is for exactly these arguments; what a model says about a command is none of them. */
function argumentsDigest({ sha256 }: CallTools, { tool, input }: ToolCall): string {
  const { description, ...others } = input;
  return sha256(canonical(tool === 'Bash' ? others : { ...others, ...(description === undefined ? {} : { description }) }));
}

function canonical(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch {
    // Broken Unicode has no canonical form; JSON.stringify writes it as escapes, in the client's own order.
    return JSON.stringify(value);
  }
}

export interface LiveUse {
  readonly toolCalls: number;
  readonly costUsd: string | null;
  readonly minutes: number;
}

/** A question that is complete: who asks, for what, when. */
export function requestOf(subject: LiveSubject, question: ToolQuestion, at: { readonly nowMs: number; readonly use: LiveUse }): DecisionRequest {
  const { agent, actor, task, run } = subject;
  return {
    ...question,
    subject: subjectOf({ agent, actor, task: task?.id ?? null, run }),
    taskType: task?.type ?? null,
    taskLabels: task?.labels ?? [],
    facts: { ...timeFacts(at.nowMs), ...agentFacts(agent), 'user.name': actor.replace(/^user:/, ''), 'run.unattended': subject.unattended, ...(task === null ? {} : taskFacts(task)), ...runFacts(subject, at.use), ...question.facts },
    nowMs: at.nowMs,
    approvals: [],
  };
}

function runFacts({ run, branch }: LiveSubject, use: LiveUse): Facts {
  return {
    ...(run === null ? {} : { 'run.id': run, 'run.toolCalls': use.toolCalls, 'run.minutes': use.minutes }),
    ...(branch === null ? {} : { 'branch.name': branch }),
    ...(use.costUsd === null ? {} : { 'run.costUsd': Number(use.costUsd) }),
  };
}
