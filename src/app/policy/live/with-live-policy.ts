import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import { wellFormed } from '../../../domain/kernel/text.js';
import { ToolCallLedger, type UnmatchedCall } from '../../../domain/live/unmatched-tool-calls.js';
import type { AgentEvent } from '../../../domain/run/agent-event.js';
import type { Detection, LivePolicyHook } from '../../../ports/connector.js';
import type { LivePolicy } from '../../../ports/live-policy.js';
import type { EnforceDeps } from '../enforce.js';
import type { LiveGateOrder } from './live-gate.js';
import type { LiveSubject } from './live-call.js';

/** `livePolicy` comes with the composition; a client with hooks is not started without it. */
export type LiveDeps = EnforceDeps & { readonly livePolicy?: () => Promise<LivePolicy> };

export async function livePolicyOf(deps: LiveDeps): Promise<LivePolicy> {
  if (deps.livePolicy === undefined) throw new AiError({ code: 'AGENT_UNAVAILABLE', message: 'Tool calls of this client would not be decided: this build of ai has nothing that answers hooks.', hint: 'Install ai again.' });
  return deps.livePolicy();
}

export interface LiveRunOrder extends Pick<LiveGateOrder, 'toolCallLimit' | 'onLimit'> {
  readonly subject: LiveSubject;
  readonly capabilities: Detection['capabilities'];
  /** The commit whose policy counts: the base of the run. */
  readonly commit: string | null;
}

/** Live policy of one run, while its agent works. */
export interface LiveRun {
  /** For the connector's plan; null when the client has no hooks: then only the check after the run counts. */
  readonly hook: LivePolicyHook | null;
  /** Takes every event of the agent, in order: what it costs, and which tools it calls. */
  see(event: AgentEvent): void;
  /** To be asked when the agent has ended. Calls that nobody decided, or that were made although they were denied: any of them makes the run unverified. */
  unmatched(): readonly UnmatchedCall[];
}

const NO_HOOKS: LiveRun = { hook: null, see: () => undefined, unmatched: () => [] };

/** Does something while hooks of the run are answered; from its end on, however it ended, they deny. */
export async function withLivePolicy<T>(deps: LiveDeps, order: LiveRunOrder, work: (live: LiveRun) => Promise<T>): Promise<T> {
  switch (order.capabilities.livePolicy) {
    case 'none':
      return work(NO_HOOKS);
    case 'hooks':
      return withHooks(deps, order, work);
    case 'callback':
      throw new AiError({ code: 'AGENT_UNAVAILABLE', message: 'This client asks about its tool calls in a way that nothing here answers.', hint: 'Use a connector that `ai agent register --help` lists.' });
  }
}

async function withHooks<T>(deps: LiveDeps, order: LiveRunOrder, work: (live: LiveRun) => Promise<T>): Promise<T> {
  const { subject } = order;
  // Runs of clients without hooks need none of this.
  const [{ LiveGate }, { loadPolicy }] = await Promise.all([import('./live-gate.js'), import('../load-policy.js')]);
  const [live, loaded] = await Promise.all([livePolicyOf(deps), loadPolicy(deps, { agent: subject.agent.id, task: subject.task?.id ?? null, commit: order.commit })]);
  const cost = new CostSoFar();
  const ledger = new ToolCallLedger();
  const gate = new LiveGate(deps, { subject, loaded, realPath: live.realPath, toolCallLimit: order.toolCallLimit, onLimit: order.onLimit, costUsd: () => cost.usd });
  const server = await live.listen({ decide: (request) => gate.decide(request), refused: (problem) => gate.fault(problem) });
  const see = (event: AgentEvent): void => {
    cost.see(event);
    ledger.see(event);
  };
  try {
    const result = await work({ hook: { hookArgv: server.hookArgv, timeoutSeconds: server.timeoutSeconds }, see, unmatched: () => ledger.unmatched(gate.decided) });
    await recordUnmatched(deps, subject, ledger.unmatched(gate.decided));
    return result;
  } finally {
    await server.close();
  }
}

const SHOWN_CALLS = 50;

async function recordUnmatched(deps: LiveDeps, { task, run }: LiveSubject, calls: readonly UnmatchedCall[]): Promise<void> {
  if (calls.length === 0) return;
  await deps.store.appendEvent({ type: 'run.unverified', task: task?.id ?? null, run, token: null, data: { count: calls.length, calls: calls.slice(0, SHOWN_CALLS).map(({ id, tool, why }) => ({ id: wellFormed(id), tool: wellFormed(tool), why })) } });
}

/** One sentence for people; null when every call is accounted for. */
export function unverifiedMessage(calls: readonly UnmatchedCall[]): string | null {
  const [first] = calls;
  if (first === undefined) return null;
  const more = calls.length > 1 ? ` and ${calls.length - 1} more` : '';
  return `This run is unverified: policy was not asked about a call of ${quote(first.tool)}${more}, or said no, and the client made it.`;
}

/** Money as the client tells it; null until it does. */
class CostSoFar {
  usd: string | null = null;

  see(event: AgentEvent): void {
    if (event.type !== 'usage' || event.costUsd === null) return;
    this.usd = event.cumulative || this.usd === null ? event.costUsd : String(Number(this.usd) + Number(event.costUsd));
  }
}
