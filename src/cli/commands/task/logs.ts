import { followRunLog, type RunLogEntry } from '../../../app/tasks/task-logs.js';
import type { Answer } from '../../io.js';
import { AgentEventLines } from '../../present/agent-event-lines.js';
import { jsonLine, runLogJson } from '../../present/event-json.js';
import type { ProjectContext } from '../../shell.js';
import { presentRunLog } from '../../present/run-log.js';
import { sinceSeq, usage } from '../options.js';

interface LogsOptions {
  readonly follow?: boolean;
  readonly run?: string;
  readonly since?: string;
}

/** One JSON document holds at most this many events; `--jsonl` has no limit. */
const MAX_IN_DOCUMENT = 10_000;

export async function runLogs(context: ProjectContext, [id]: readonly [string], options: LogsOptions): Promise<Answer | undefined> {
  const { deps, io, globals } = context;
  const follow = options.follow === true;
  if (follow && globals.json && !globals.jsonl) throw usage('--json prints one document, and a log that is followed has no end; --jsonl prints one event a line.', `ai task logs ${id} -f --jsonl`);
  const entries = followRunLog(deps, { id, run: options.run ?? null, sinceSeq: sinceSeq(options.since), follow, signal: io.signal });
  if (globals.jsonl) return streamJson(context, entries);
  return globals.json ? document(entries) : streamText(context, entries);
}

async function streamJson({ io }: ProjectContext, entries: AsyncIterable<RunLogEntry>): Promise<undefined> {
  const { signal } = io;
  for await (const entry of entries) {
    if (signal.aborted) break;
    io.out(jsonLine('run.event', runLogJson(entry)));
    await io.drained();
  }
  return undefined;
}

async function streamText({ io }: ProjectContext, entries: AsyncIterable<RunLogEntry>): Promise<undefined> {
  const { signal } = io;
  const lines = new AgentEventLines(io.style);
  let seen = 0;
  for await (const entry of entries) {
    if (signal.aborted) break;
    seen += 1;
    for (const line of lines.push(entry.event)) io.out(`${line}\n`);
    await io.drained();
  }
  for (const line of lines.end()) io.out(`${line}\n`);
  if (seen === 0) io.note('The run has said nothing yet.');
  return undefined;
}

async function document(entries: AsyncIterable<RunLogEntry>): Promise<Answer> {
  const page: RunLogEntry[] = [];
  for await (const entry of entries) {
    if (page.length === MAX_IN_DOCUMENT) return presentRunLog(page, page.at(-1)?.seq ?? null);
    page.push(entry);
  }
  return presentRunLog(page, null);
}
