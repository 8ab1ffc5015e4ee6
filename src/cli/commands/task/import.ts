import { importTasks } from '../../../app/tasks/import-tasks.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { Answer } from '../../io.js';
import { presentImported } from '../../present/task-change.js';
import type { ProjectContext } from '../../shell.js';
import { readText } from '../read-text.js';

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
}

export async function runImport(context: ProjectContext, [source]: readonly [string], options: ImportOptions): Promise<Answer> {
  const text = await readText(context, source, LIMITS.importBytes);
  const dryRun = options.dryRun === true;
  const result = await importTasks(context.deps, { text, source: source === '-' ? 'standard input' : source, dryRun, idempotencyKey: options.idempotencyKey ?? null });
  return presentImported(result, dryRun);
}
