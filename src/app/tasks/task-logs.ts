import type { RunId } from '../../domain/kernel/ids.js';
import type { AgentEvent } from '../../domain/run/agent-event.js';
import type { AppDeps } from '../deps.js';
import { runOfTask } from './task-run.js';

export interface LogsInput {
  readonly id: string;
  readonly run: string | null;
  readonly sinceSeq: number;
  /** Stay until the run has ended. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface RunLogEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly run: RunId;
  readonly event: AgentEvent;
}

const PAGE = 500;
const POLL_MS = 50;

/** The events of one run in order, without loss or repeats; with `follow` until it has ended. */
export async function* followRunLog(deps: Pick<AppDeps, 'store' | 'runFiles' | 'timer'>, input: LogsInput): AsyncGenerator<RunLogEntry> {
  const { run } = await runOfTask(deps, input);
  const files = await deps.runFiles();
  let { sinceSeq } = input;
  for (;;) {
    // Read before the log: what is written between the two is found in the next round.
    const ended = (await deps.store.getRun(run.id)).phase === 'ended';
    const page = await files.readEvents(run.id, sinceSeq, PAGE);
    for (const entry of page) yield { ...entry, run: run.id };
    sinceSeq = page.at(-1)?.seq ?? sinceSeq;
    if (page.length === PAGE) continue;
    if (!input.follow || ended || input.signal.aborted) return;
    await deps.timer.sleep(POLL_MS, input.signal);
  }
}
