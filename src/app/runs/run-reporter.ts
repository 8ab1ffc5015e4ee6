import { isAiError } from '../../domain/kernel/errors.js';
import { wellFormed } from '../../domain/kernel/text.js';
import type { FencingToken, RunId, TaskId } from '../../domain/kernel/ids.js';
import type { AgentEvent } from '../../domain/run/agent-event.js';
import { planWorkerStep } from '../../domain/task/transitions.js';
import type { AppDeps } from '../deps.js';
import { retryStale } from '../tasks/retry-stale.js';

/** The board need not know of every chunk of output; once in a while is enough to tell a working agent from a silent one. */
const ACTIVITY_EVERY_MS = 2_000;
const NOTE_CHARACTERS = 1_000;

interface Reported {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly token: FencingToken;
}

type ReporterDeps = Pick<AppDeps, 'store' | 'clock'>;

/** Carries what an agent tells of itself into the database: last activity, and progress. One write at a time; progress in between is merged. */
export class RunReporter {
  readonly #deps: ReporterDeps;
  readonly #run: Reported;
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  #progress: { percent: number | null; note: string | null } | null = null;
  #writing: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(deps: ReporterDeps, run: Reported) {
    this.#deps = deps;
    this.#run = run;
  }

  take(event: AgentEvent): void {
    if (event.type === 'progress') this.#progress = { percent: clamp(event.percent), note: event.note === null ? null : wellFormed(event.note.slice(0, NOTE_CHARACTERS)) };
    const now = this.#deps.clock.now();
    if (this.#busy || (this.#progress === null && now.monoMs - this.#lastWriteMs < ACTIVITY_EVERY_MS)) return;
    this.#lastWriteMs = now.monoMs;
    this.#busy = true;
    this.#writing = this.#write(now.wallMs).finally(() => (this.#busy = false));
  }

  /** Resolves when everything told so far is written. Throws what a write threw, unless the lease is gone: its keeper sees to that. */
  async finish(): Promise<void> {
    await this.#writing;
    if (this.#progress !== null) await this.#write(this.#deps.clock.now().wallMs);
  }

  async #write(nowMs: number): Promise<void> {
    try {
      const progress = this.#progress;
      this.#progress = null;
      if (progress !== null) await this.#writeProgress(progress, nowMs);
      else await this.#deps.store.updateRun(this.#run.runId, { lastActivityAtMs: nowMs }, null);
    } catch (error) {
      if (!isAiError(error)) throw error;
      // Activity and progress are news, not results: losing one to a busy database or a lost lease changes nothing.
    }
  }

  async #writeProgress(progress: { percent: number | null; note: string | null }, nowMs: number): Promise<void> {
    await retryStale(async () => {
      const task = await this.#deps.store.getTask(this.#run.taskId);
      const change = planWorkerStep(task, { kind: 'progress', ...progress }, { token: this.#run.token, nowMs });
      return this.#deps.store.apply({ ...change, run: { id: this.#run.runId, patch: { lastActivityAtMs: nowMs } } });
    });
  }
}

function clamp(percent: number | null): number | null {
  return percent === null || !Number.isFinite(percent) ? null : Math.min(100, Math.max(0, Math.round(percent)));
}
