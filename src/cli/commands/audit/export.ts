import path from 'node:path';
import { evidenceToNotes } from '../../../app/audit/evidence.js';
import { exportBundle, EXPORT_FORMATS, exportLines, type ExportFormat, type ExportOrder } from '../../../app/audit/export-audit.js';
import { makeCheckpoint } from '../../../app/audit/checkpoint.js';
import { resolveTaskId } from '../../../app/tasks/resolve-id.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { Answer } from '../../io.js';
import { presentExported, presentExportedFile, presentNoted } from '../../present/audit-bundle.js';
import type { ProjectContext } from '../../shell.js';
import { sinceSeq, usage } from '../options.js';

interface ExportOptions {
  readonly task?: string;
  readonly since?: string;
  readonly format?: string;
  readonly out?: string;
  readonly toNotes?: boolean;
}

/** A name like this is one file; anything else is the folder of a bundle. */
const FILE = /\.(jsonl|json|ndjson)$/;

export async function runExport(context: ProjectContext, _args: readonly [], options: ExportOptions): Promise<Answer | undefined> {
  const { deps, host, globals } = context;
  const task = options.task === undefined ? null : await resolveTaskId(deps.store, options.task);
  if (options.toNotes === true) return toNotes(context, options, task);
  const order: ExportOrder = { task, since: sinceSeq(options.since), format: formatOf(options.format) };
  if (order.format === 'in-toto' && task === null) throw usage('Statements are about the commits of one task.', 'ai audit export --format in-toto --task ID');
  if (options.out === undefined) {
    if (globals.json) throw usage('--json prints one document; without --out the export itself is printed, one JSON object a line.', 'ai audit export --out DIR --json');
    return stream(context, order);
  }
  const target = path.resolve(host.cwd, options.out);
  if (!FILE.test(target)) return presentExported(await exportBundle(deps, order, target), order.format);
  const { bytes } = await (await deps.auditFiles()).writeFile(target, exportLines(deps, order));
  return presentExportedFile({ file: target, bytes, format: order.format });
}

async function toNotes({ deps }: ProjectContext, options: ExportOptions, task: ExportOrder['task']): Promise<Answer> {
  if (task === null) throw usage('Notes carry the evidence of one task.', 'ai audit export --to-notes --task ID');
  if (options.out !== undefined || options.since !== undefined || options.format !== undefined) throw usage('--to-notes writes git notes; it goes with --task alone.', 'ai audit export --to-notes --task ID');
  await makeCheckpoint(deps, 'export');
  return presentNoted(await evidenceToNotes(deps, task));
}

async function stream({ deps, io }: ProjectContext, order: ExportOrder): Promise<undefined> {
  for await (const line of exportLines(deps, order)) {
    if (io.signal.aborted) break;
    io.out(line);
    await io.drained();
  }
  return undefined;
}

function formatOf(text: string | undefined): ExportFormat {
  const format = EXPORT_FORMATS.find((one) => one === (text ?? 'jsonl'));
  if (format === undefined) throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text ?? '')} is no format of an export; they are ${EXPORT_FORMATS.join(', ')}.`, hint: 'ai audit export --format jsonl' });
  return format;
}
