import type { Agent } from '../../domain/agent/agent.js';
import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { isAiError } from '../../domain/kernel/errors.js';
import { parseAgentId, quote } from '../../domain/kernel/ids.js';
import type { Task, TaskSpec } from '../../domain/task/task.js';
import type { AppDeps } from '../deps.js';
import { enforce, enforceAll, requireAllAllowed, requireAllowed, type Enforced, type EnforceDeps, type Question } from './enforce.js';
import type { ClaimGate } from './claim-gate.js';
import { loadPolicy, type LoadedPolicy } from './load-policy.js';
import { checkQuestion, createQuestion, skillQuestion, taskQuestion, type Asking } from './requests.js';

export type TaskPolicyDeps = EnforceDeps & Pick<AppDeps, 'actor'>;

/** The words of a task that policy may judge it by. Changing one of them changes what was approved. */
export function taskDigest(deps: Pick<AppDeps, 'sha256'>, task: Omit<TaskSpec, 'dependsOn' | 'parent'>): string {
  const { title, description, type, priority, labels, requires, skills, agent, project, locks, verify, isolation, timeoutMs, budgetUsd, targetBranch } = task;
  return deps.sha256(canonicalJson({ title, description, type, priority, labels, requires, skills, agent, project, locks, verify, isolation, timeoutMs, budgetUsd, targetBranch }));
}

/** The agent that acts through this process, when it is one: what its launcher wrote into its environment. */
export async function actingAgent(deps: Pick<AppDeps, 'store' | 'actor'>, holder: string | null = null): Promise<Agent | null> {
  const name = [deps.actor, holder ?? ''].find((text) => text.startsWith('agent:'));
  if (name === undefined) return null;
  try {
    return await deps.store.getAgent(parseAgentId(name.slice('agent:'.length)));
  } catch (error) {
    // A worker of somebody else's making, that nobody has registered: it is judged as the person who started it.
    if (isAiError(error, 'AGENT_NOT_FOUND', 'INVALID_INPUT')) return null;
    throw error;
  }
}

export function askingAs(deps: Pick<AppDeps, 'actor' | 'clock'>, agent: Agent | null, unattended = false): Asking {
  return { agent, actor: deps.actor, nowMs: deps.clock.now().wallMs, unattended };
}

/** Before tasks are stored. Throws POLICY_DENIED, APPROVAL_REQUIRED. */
export async function requireCreate(deps: TaskPolicyDeps, tasks: readonly Omit<TaskSpec, 'dependsOn' | 'parent'>[]): Promise<void> {
  const agent = await actingAgent(deps);
  const loaded = await loadPolicy(deps, { agent: agent?.id ?? null, task: null, commit: null });
  for (const task of tasks) {
    requireAllowed(await enforce(deps, loaded, { request: createQuestion(askingAs(deps, agent), task, taskDigest(deps, task)) }), `create the task "${task.title}"`);
  }
}

export interface TaskAction {
  readonly task: Task;
  readonly agent: Agent | null;
  readonly loaded: LoadedPolicy;
  readonly unattended: boolean;
}

/** Answers instead of throwing, for callers that try the next task. A task whose claim has to be approved is parked. */
export async function enforceClaim(deps: TaskPolicyDeps, action: TaskAction): Promise<Enforced | null> {
  return enforce(deps, action.loaded, claimQuestion(deps, action));
}

function claimQuestion(deps: TaskPolicyDeps, { task, agent, unattended }: TaskAction): Question {
  const request = taskQuestion(askingAs(deps, agent, unattended), 'task.claim', { task, digest: taskDigest(deps, task), run: null });
  return { request, park: task.id, what: `claim ${task.id}` };
}

/** Everything that has to be allowed before an agent is started on a task. Throws POLICY_DENIED, APPROVAL_REQUIRED. */
export async function requireExecute(deps: TaskPolicyDeps, action: TaskAction): Promise<void> {
  const { task, agent, loaded, unattended } = action;
  const asking = askingAs(deps, agent, unattended);
  const what = `execute ${task.id}`;
  const questions: readonly Question[] = [
    claimQuestion(deps, action),
    { request: taskQuestion(asking, 'task.execute', { task, digest: taskDigest(deps, task), run: null }), park: task.id, what },
    ...task.skills.map((skill) => ({ request: skillQuestion(asking, task, skill), park: task.id, what: `use the skill ${skill}` })),
    // Asked now: a check that may not run is found out before an agent has worked for an hour.
    ...task.verify.map((command) => ({ request: checkQuestion(asking, task, command), park: task.id, what: `run the check ${quote(command)}` })),
  ];
  requireAllAllowed(await enforceAll(deps, loaded, questions), what);
}

/** Before an outside worker's word counts. Throws POLICY_DENIED, APPROVAL_REQUIRED. */
export async function requireComplete(deps: TaskPolicyDeps, task: Task): Promise<void> {
  const agent = await actingAgent(deps, task.lease?.holder ?? null);
  const loaded = await loadPolicy(deps, { agent: agent?.id ?? null, task: task.id, commit: null });
  const request = taskQuestion(askingAs(deps, agent), 'task.complete', { task, digest: taskDigest(deps, task), run: task.lease?.runId ?? null });
  requireAllowed(await enforce(deps, loaded, { request }), `complete ${task.id}`);
}

/** Who claims by hand or as a program, one task after the other. */
export async function openClaimGate(deps: TaskPolicyDeps, holder: string): Promise<ClaimGate> {
  const agent = await actingAgent(deps, holder);
  const refused = new Set<string>();
  const ask = async (task: Task): Promise<Enforced | null> => {
    const loaded = await loadPolicy(deps, { agent: agent?.id ?? null, task: task.id, commit: null });
    return enforceClaim(deps, { task, agent, loaded, unattended: false });
  };
  return {
    require: async (task) => requireAllowed(await ask(task), `claim ${task.id}`),
    async allows(task) {
      const key = `${task.id} ${task.revision}`;
      if (refused.has(key)) return false;
      const isAllowed = ((await ask(task))?.decision.effect ?? 'allow') === 'allow';
      if (!isAllowed) refused.add(key);
      return isAllowed;
    },
    get refused() {
      return refused.size;
    },
  };
}
