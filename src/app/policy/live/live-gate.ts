import { quote } from '../../../domain/kernel/ids.js';
import type { HookRequest } from '../../../domain/live/hook-protocol.js';
import { ROOT } from '../../../domain/live/locate-path.js';
import { readPayload } from '../../../domain/live/read-payload.js';
import { deny, type LiveAnswer, type LiveEffect, type ToolCall } from '../../../domain/live/tool-call.js';
import { UNKNOWN_FILE, type ToolQuestion } from '../../../domain/live/tool-questions.js';
import type { DecisionCode } from '../../../domain/policy/decision.js';
import { outsideScope } from '../../../domain/run/scope.js';
import type { EnforceDeps } from '../enforce.js';
import type { LoadedPolicy } from '../load-policy.js';
import { questionsOf, requestOf, type CallTools, type LiveSubject, type LiveUse } from './live-call.js';
import { lookAhead, recordOutcome } from './weigh-call.js';

export interface LiveGateOrder {
  readonly subject: LiveSubject;
  readonly loaded: LoadedPolicy;
  readonly realPath: CallTools['realPath'];
  /** Calls that the run may make; null is no limit. */
  readonly toolCallLimit: number | null;
  /** Called with the first call beyond the limit, once it is on record: the run has to be ended. */
  readonly onLimit: (limit: { readonly name: 'run.tool_calls'; readonly used: number; readonly limit: number }) => void;
  readonly costUsd: () => string | null;
}

type RefusalCode = Extract<DecisionCode, 'limit-reached' | 'hook-error'> | 'outside-scope';

/** Answers that are kept by the id of their call, and refusals without a decision that are written down one by one. */
const MAX_DECIDED = 200_000;
const MAX_RECORDED_FAULTS = 100;
const SHOWN_PATHS = 20;
const MINUTE_MS = 60_000;

/**
 * Decides the tool calls of one run (or of one client outside of any), one after the other. Whatever is refused leaves a
 * record: a decision where policy says no, an event `tool.refused` where the call is outside of the task, beyond a limit, or can't be read.
 */
export class LiveGate {
  readonly #deps: EnforceDeps;
  readonly #order: LiveGateOrder;
  readonly #loaded: LoadedPolicy;
  readonly #startedMs: number;
  readonly #decided = new Map<string, LiveEffect>();
  #toolCalls = 0;
  #faults = 0;

  constructor(deps: EnforceDeps, order: LiveGateOrder) {
    this.#deps = deps;
    this.#order = order;
    this.#loaded = compilingOnce(order.loaded);
    this.#startedMs = deps.clock.now().monoMs;
  }

  /** The answers so far, by the id of the call. */
  get decided(): ReadonlyMap<string, LiveEffect> {
    return this.#decided;
  }

  get toolCalls(): number {
    return this.#toolCalls;
  }

  /** Never rejects: what can't be decided, or not be recorded, is denied. */
  async decide(request: HookRequest): Promise<LiveAnswer> {
    const read = readPayload(request);
    if (!read.ok) {
      await this.fault(read.problem).catch(() => undefined);
      return deny(`The hook was called in a way that is not understood (${read.problem}), so the call is denied.`);
    }
    this.#toolCalls += 1;
    const answer = await this.#answerOrDeny(read.call);
    if (read.call.id !== null) this.#keep(read.call.id, answer.effect);
    return answer;
  }

  /** A hook that could not be answered as it should; written down as long as there are not too many. */
  async fault(problem: string): Promise<void> {
    this.#faults += 1;
    if (this.#faults <= MAX_RECORDED_FAULTS) await this.#refuse('hook-error', null, { problem });
  }

  async #answerOrDeny(call: ToolCall): Promise<LiveAnswer> {
    try {
      return await this.#answer(call);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // When the database is the reason, this can't be written down either, and the call is as denied as before.
      await this.fault(message).catch(() => undefined);
      return deny(`Policy could not be asked (${message}), so the call is denied. Try again later.`);
    }
  }

  async #answer(call: ToolCall): Promise<LiveAnswer> {
    const { toolCallLimit: limit } = this.#order;
    if (limit !== null && this.#toolCalls > limit) return this.#beyond(call, limit);
    const questions = await questionsOf({ realPath: this.#order.realPath, sha256: this.#deps.sha256 }, call, this.#order.subject.workspace);
    const at = { nowMs: this.#deps.clock.now().wallMs, use: this.#use() };
    const weighed = [];
    for (const question of questions) {
      const request = requestOf(this.#order.subject, question, at);
      weighed.push({ request, outlook: await lookAhead(this.#deps, this.#loaded, request) });
    }
    // Policy speaks first; what it would allow must be within the task as well, before an approval is spent on it.
    const mayGoOn = weighed.every(({ outlook }) => outlook === 'allow' || outlook === 'approved');
    if (!mayGoOn) return withPlace(await recordOutcome(this.#deps, this.#loaded, weighed), questions, this.#order.subject.workspace);
    return (await this.#outsideTask(call, questions)) ?? (await recordOutcome(this.#deps, this.#loaded, weighed));
  }

  async #beyond(call: ToolCall, limit: number): Promise<LiveAnswer> {
    const reached = { name: 'run.tool_calls', used: this.#toolCalls, limit } as const;
    await this.#refuse('limit-reached', call, reached);
    this.#order.onLimit(reached);
    return deny(`This run may make ${limit} tool calls, and it has made them. It ends here; what was done is kept.`);
  }

  async #outsideTask(call: ToolCall, questions: readonly ToolQuestion[]): Promise<LiveAnswer | null> {
    const locks = this.#order.subject.task?.locks ?? [];
    const written = questions.filter(({ point }) => point === 'path.write').flatMap(({ paths }) => paths.map(({ path }) => ({ path: path === '' ? ROOT : path, status: 'modified' as const })));
    const outside = outsideScope(written, locks);
    if (outside.length === 0) return null;
    const patterns = locks.filter(({ mode }) => mode === 'exclusive').map(({ pattern }) => pattern);
    await this.#refuse('outside-scope', call, { paths: outside.slice(0, SHOWN_PATHS), patterns: patterns.slice(0, SHOWN_PATHS) });
    const declared = patterns.length === 0 ? 'The task declares that it writes nothing' : `The task declares that it writes ${shown(patterns)}`;
    return deny(`${declared}; ${shown(outside)} is not among that. Stay within these paths, or say in your answer that the task needs more.`);
  }

  async #refuse(code: RefusalCode, call: ToolCall | null, facts: Readonly<Record<string, unknown>>): Promise<void> {
    const { task, run, agent } = this.#order.subject;
    await this.#deps.store.appendEvent({ type: 'tool.refused', task: task?.id ?? null, run, token: null, data: { code, agent: agent.id, tool: call?.tool ?? null, toolCall: call?.id ?? null, ...facts } });
  }

  #use(): LiveUse {
    return { toolCalls: this.#toolCalls, costUsd: this.#order.costUsd(), minutes: (this.#deps.clock.now().monoMs - this.#startedMs) / MINUTE_MS };
  }

  /** A call that was answered twice keeps its strictest answer; one beyond the limit stays unknown, and so unverified. */
  #keep(id: string, effect: LiveEffect): void {
    if (this.#decided.get(id) !== 'deny' && (this.#decided.has(id) || this.#decided.size < MAX_DECIDED)) this.#decided.set(id, effect);
  }
}

/** Says in plain words what is wrong with a path that no rule can be about. */
function withPlace(answer: LiveAnswer, questions: readonly ToolQuestion[], workspace: string): LiveAnswer {
  const elsewhere = questions.flatMap(({ point, paths }) => (point === 'path.write' ? paths.map(({ path }) => path).filter((path) => path.startsWith('/')) : []));
  if (answer.effect === 'allow' || elsewhere.length === 0) return answer;
  const isUnknown = elsewhere.includes(UNKNOWN_FILE);
  const place = isUnknown ? 'The command writes a file whose name is only known when it runs: write its name out, and do not change the folder before.' : `${shown(elsewhere)} lies outside of the folder that is worked in (${quote(workspace)}).`;
  return deny(`${place} ${answer.reason ?? ''}`);
}

function shown(names: readonly string[]): string {
  const more = names.length > SHOWN_PATHS ? ` and ${names.length - SHOWN_PATHS} more` : '';
  return `${names.slice(0, SHOWN_PATHS).map(quote).join(', ')}${more}`;
}

/** The same policy is asked thousands of times in a run. */
function compilingOnce(loaded: LoadedPolicy): LoadedPolicy {
  const compiled = new Map<string, ReturnType<LoadedPolicy['compileFor']>>();
  return {
    ...loaded,
    compileFor: (point) => {
      const known = compiled.get(point) ?? loaded.compileFor(point);
      compiled.set(point, known);
      return known;
    },
  };
}
