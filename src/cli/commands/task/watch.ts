import { showTask } from '../../../app/tasks/show-task.js';
import { watchTasks } from '../../../app/tasks/watch-tasks.js';
import type { Answer } from '../../io.js';
import { auditEventJson, jsonLine } from '../../present/event-json.js';
import { eventLine } from '../../present/event-line.js';
import { presentWatched } from '../../present/task-watch.js';
import type { ProjectContext } from '../../shell.js';
import { sinceSeq, usage } from '../options.js';

/** Shows what happens to tasks until they are finished. With --json: waits in silence, and answers the tasks as they are then. */
export async function runWatch({ deps, io, globals, host }: ProjectContext, [ids]: readonly [readonly string[]], options: { readonly since?: string }): Promise<Answer | undefined> {
  const isDocument = globals.json && !globals.jsonl;
  if (isDocument && ids.length === 0) throw usage('--json prints one document when the named tasks are finished; the whole board never is.', 'ai task watch --jsonl');
  const { signal } = io;
  const events = watchTasks(deps, { ids, sinceSeq: options.since === undefined ? null : sinceSeq(options.since), signal });
  for await (const event of events) {
    if (signal.aborted) break;
    if (globals.jsonl) io.out(jsonLine('event', auditEventJson(event)));
    else if (!isDocument) io.out(`${eventLine(event, io.style)}\n`);
    await io.drained();
  }
  if (globals.jsonl || ids.length === 0) return undefined;
  const details = await Promise.all(ids.map((id) => showTask(deps, id)));
  return presentWatched(details.map(({ task }) => task), host.nowMs());
}
