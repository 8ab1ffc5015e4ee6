import { taskDiff } from '../../../app/tasks/task-diff.js';
import type { Answer } from '../../io.js';
import { presentDiff } from '../../present/task-diff.js';
import type { ProjectContext } from '../../shell.js';
import { writeBytes } from '../write-bytes.js';

export async function runDiff({ deps, io, globals }: ProjectContext, [id]: readonly [string], options: { readonly run?: string }): Promise<Answer | undefined> {
  const diff = await taskDiff(deps, { id, run: options.run ?? null });
  const isRaw = !globals.json && !globals.jsonl && !io.stdoutIsTerminal && !diff.missing;
  if (!isRaw) return presentDiff(diff);
  await writeBytes(io, diff.patch);
  return undefined;
}
