import type { AgentEvent } from '../../domain/run/agent-event.js';
import type { Usage } from '../../domain/run/run.js';
import type { OutputParser, RunFacts } from '../../ports/connector.js';
import type { GatedChild, LaunchOrder, OutputStream, Processes, StopProof } from '../../ports/processes.js';
import type { EventWriter } from '../../ports/run-files.js';
import type { AppDeps } from '../deps.js';
import type { RunEnd } from './run-end.js';

export interface SuperviseOrder {
  readonly launch: Omit<LaunchOrder, 'onOutput'>;
  readonly parser: OutputParser;
  readonly events: EventWriter;
  readonly end: RunEnd;
  readonly timeoutMs: number;
  readonly stallTimeoutMs: number;
  readonly budgetUsd: string | null;
  /** Called with the identity before the program may do anything; it does nothing at all when this rejects. */
  readonly record: (child: GatedChild) => Promise<void>;
  readonly onEvent: (event: AgentEvent) => void;
}

export interface Supervised extends RunFacts {
  readonly usage: Usage;
  readonly sessionRef: string | null;
  readonly model: string | null;
  readonly proof: StopProof;
  readonly droppedBytes: number;
}

const STDERR_TAIL_CHARACTERS = 64 * 1024;
const LAST_EVENTS = 64;
/** A client may stay alive after its result (for example with a background command); it is ended then. */
const AFTER_RESULT_MS = 5_000;

type SuperviseDeps = Pick<AppDeps, 'clock' | 'timer' | 'settings' | 'trace'>;

/** Starts the agent behind its gate, follows it to its end, and leaves no process of it behind, however it ended. */
export async function superviseAgent(deps: SuperviseDeps, processes: Processes, order: SuperviseOrder): Promise<Supervised> {
  const watch = new AgentWatch(deps, order);
  const child = await processes.spawnGated({ ...order.launch, onOutput: (stream, chunk) => watch.output(stream, chunk) });
  const times = { interruptMs: deps.settings.execution.interruptMs, sigintMs: deps.settings.execution.sigintMs, sigtermMs: deps.settings.execution.sigtermMs };
  const stopped = new AbortController();
  try {
    deps.trace('run.spawned');
    await order.record(child);
    deps.trace('run.recorded');
    if (order.end.cause === null) child.open();
    const watching = watch.untilReasonToEnd(stopped.signal);
    const ending = await Promise.race([child.exited.then(() => 'exited' as const), watching]);
    const proof = ending === 'exited' ? await processes.sweep(child.identity) : await processes.stop(child.identity, { times });
    const exit = await child.exited;
    await watch.finish();
    return { exit, ...watch.facts(), proof, droppedBytes: child.output.droppedBytes };
  } catch (error) {
    await processes.stop(child.identity, { times });
    throw error;
  } finally {
    stopped.abort();
  }
}

/** What is known of the agent from its output, and when that gives a reason to end it. */
class AgentWatch {
  readonly #deps: SuperviseDeps;
  readonly #order: SuperviseOrder;
  readonly #lastEvents: AgentEvent[] = [];
  #result: AgentEvent | null = null;
  #resultAtMs: number | null = null;
  #stderrTail = '';
  readonly #stderrText = new TextDecoder();
  #usage: Usage = { inputTokens: null, outputTokens: null, costUsd: null };
  #sessionRef: string | null = null;
  #model: string | null = null;
  #activeAtMs: number;
  readonly #startedAtMs: number;

  constructor(deps: SuperviseDeps, order: SuperviseOrder) {
    this.#deps = deps;
    this.#order = order;
    this.#startedAtMs = deps.clock.now().monoMs;
    this.#activeAtMs = this.#startedAtMs;
  }

  async output(stream: OutputStream, chunk: Uint8Array): Promise<void> {
    this.#activeAtMs = this.#deps.clock.now().monoMs;
    if (stream === 'stderr') this.#stderrTail = (this.#stderrTail + this.#stderrText.decode(chunk, { stream: true })).slice(-STDERR_TAIL_CHARACTERS);
    this.#take(this.#order.parser.push(stream, chunk));
    await this.#order.events.flush();
  }

  async finish(): Promise<void> {
    this.#take(this.#order.parser.end());
    await this.#order.events.flush();
  }

  #take(events: readonly AgentEvent[]): void {
    const atMs = this.#deps.clock.now().wallMs;
    for (const event of events) {
      this.#order.events.write(atMs, event);
      this.#note(event);
      this.#order.onEvent(event);
    }
  }

  #note(event: AgentEvent): void {
    if (event.type === 'started') {
      this.#sessionRef = event.sessionRef ?? this.#sessionRef;
      this.#model = event.model ?? this.#model;
    }
    if (event.type === 'usage') this.#spend(event);
    if (event.type === 'result') {
      this.#result = event;
      this.#resultAtMs ??= this.#deps.clock.now().monoMs;
      return;
    }
    this.#lastEvents.push(event);
    if (this.#lastEvents.length > LAST_EVENTS) this.#lastEvents.shift();
  }

  #spend(event: Extract<AgentEvent, { type: 'usage' }>): void {
    const before = event.cumulative ? { inputTokens: null, outputTokens: null, costUsd: null } : this.#usage;
    this.#usage = {
      inputTokens: sum(before.inputTokens, event.inputTokens) ?? this.#usage.inputTokens,
      outputTokens: sum(before.outputTokens, event.outputTokens) ?? this.#usage.outputTokens,
      costUsd: sumMoney(before.costUsd, event.costUsd) ?? this.#usage.costUsd,
    };
    const { costUsd } = this.#usage;
    const { budgetUsd } = this.#order;
    if (costUsd !== null && budgetUsd !== null && Number(costUsd) > Number(budgetUsd)) this.#order.end.because({ kind: 'budget', spentUsd: costUsd, limitUsd: budgetUsd });
  }

  /** Resolves when the agent should be ended; pending for ever (until aborted) otherwise. */
  async untilReasonToEnd(signal: AbortSignal): Promise<'ended'> {
    const { end, timeoutMs, stallTimeoutMs } = this.#order;
    const either = AbortSignal.any([signal, end.signal]);
    while (end.cause === null && !signal.aborted) {
      const nowMs = this.#deps.clock.now().monoMs;
      const timeoutInMs = this.#startedAtMs + timeoutMs - nowMs;
      const stallInMs = this.#activeAtMs + stallTimeoutMs - nowMs;
      const lingerInMs = this.#resultAtMs === null ? Number.POSITIVE_INFINITY : this.#resultAtMs + AFTER_RESULT_MS - nowMs;
      if (lingerInMs <= 0) break;
      if (timeoutInMs <= 0) end.because({ kind: 'timeout', afterMs: timeoutMs });
      else if (stallInMs <= 0) end.because({ kind: 'stall', afterMs: stallTimeoutMs });
      else await this.#deps.timer.sleep(Math.min(timeoutInMs, stallInMs, lingerInMs, AFTER_RESULT_MS), either);
    }
    return 'ended';
  }

  facts(): Omit<Supervised, 'exit' | 'proof' | 'droppedBytes'> {
    const lastEvents = this.#result === null ? this.#lastEvents : [...this.#lastEvents, this.#result];
    return { lastEvents, stderrTail: this.#stderrTail, usage: this.#usage, sessionRef: this.#sessionRef, model: this.#model };
  }
}

function sum(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : a + b;
}

const MICRO = 1_000_000;

/** Adds decimal dollars in whole millionths, so that many small costs add up exactly. */
function sumMoney(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  const micros = Math.round(Number(a) * MICRO) + Math.round(Number(b) * MICRO);
  return (micros / MICRO).toFixed(6).replace(/\.?0+$/, '');
}
