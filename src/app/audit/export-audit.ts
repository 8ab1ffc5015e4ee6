import { toHex } from '../../domain/audit/bytes.js';
import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { parseCheckpoint } from '../../domain/audit/checkpoint.js';
import { Frontier } from '../../domain/audit/merkle/frontier.js';
import { formatVerifierKey } from '../../domain/audit/note.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { TaskId } from '../../domain/kernel/ids.js';
import { Redactor } from '../../domain/redaction/redact.js';
import { secretValues } from '../../domain/redaction/secret-values.js';
import type { BundleFile } from '../../ports/audit-files.js';
import type { Checkpoint } from '../../ports/checkpoint-store.js';
import { BUNDLE_FILES, BUNDLE_FORMAT, README } from './bundle-format.js';
import { makeCheckpoint } from './checkpoint.js';
import { evidenceOf } from './evidence.js';
import type { ExportDeps } from './export-deps.js';
import { eventLine, isSelected, isWhole, LogTree, ocsfLine } from './export-lines.js';
import { altered, checkedEvents } from './read-log.js';

export const EXPORT_FORMATS = ['jsonl', 'ocsf', 'in-toto'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOrder {
  readonly task: TaskId | null;
  readonly since: number;
  readonly format: ExportFormat;
}

export interface ExportedBundle {
  readonly folder: string;
  readonly origin: string;
  readonly events: number;
  /** Events of the log that the checkpoint covers. */
  readonly size: number;
  readonly verifierKey: string;
  readonly bytes: number;
}

/** The lines of one format, for a file or a pipe: without proofs. Throws VERIFICATION_FAILED where the log was altered. */
export async function* exportLines(deps: ExportDeps, order: ExportOrder): AsyncGenerator<string> {
  if (order.format === 'in-toto') {
    await makeCheckpoint(deps, 'export');
    for (const envelope of await envelopesOf(deps, order)) yield `${envelope}\n`;
    return;
  }
  const redactor = redactorOf(deps);
  const line = order.format === 'ocsf' ? ocsfLine : eventLine;
  for await (const hashed of checkedEvents(deps, { after: order.task === null ? order.since : 0, upTo: await deps.store.headSeq() })) {
    if (isSelected(order, hashed)) yield `${line(hashed, redactor)}\n`;
  }
}

/** A folder that anybody can check without this database. Throws what making a checkpoint and writing files throw. */
export async function exportBundle(deps: ExportDeps, order: ExportOrder, folder: string): Promise<ExportedBundle> {
  const checkpoint = await makeCheckpoint(deps, 'export');
  const origin = checkpoint === null ? undefined : parseCheckpoint(checkpoint.note)?.origin;
  if (checkpoint === null || origin === undefined) throw new AiError({ code: 'INVALID_INPUT', message: 'The audit log is empty, so there is nothing to export.', hint: 'ai audit log' });
  const keys = await deps.signingKeys();
  const verifierKey = formatVerifierKey((await keys.findOrCreate(origin)).key);
  const files = await deps.auditFiles();
  const parts = new BundleParts(deps, { order, checkpoint, tree: isWhole(order) ? null : new LogTree(keys.sha256), frontier: new Frontier(keys.sha256) });
  const { bytes } = await files.writeBundle(folder, [
    { name: BUNDLE_FILES.verifier, content: await files.verifier() },
    { name: BUNDLE_FILES.readme, content: README },
    { name: BUNDLE_FILES.key, content: `${verifierKey}\n` },
    { name: BUNDLE_FILES.checkpoint, content: checkpoint.note },
    ...(await parts.files()),
    { name: BUNDLE_FILES.manifest, content: parts.manifest(origin) },
  ]);
  return { folder, origin, events: parts.count, size: checkpoint.size, verifierKey, bytes };
}

interface PartsOptions {
  readonly order: ExportOrder;
  readonly checkpoint: Checkpoint;
  /** Null for the whole log, which proves itself. */
  readonly tree: LogTree | null;
  readonly frontier: Frontier;
}

/** The parts of a bundle that depend on the events; they are written in this order, so that each knows what came before. */
class BundleParts {
  readonly #deps: ExportDeps;
  readonly #options: PartsOptions;
  readonly #selected: number[] = [];
  #count = 0;

  constructor(deps: ExportDeps, options: PartsOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  async files(): Promise<readonly BundleFile[]> {
    const { order, tree } = this.#options;
    const formatted: BundleFile[] = order.format === 'ocsf' ? [{ name: BUNDLE_FILES.ocsf, content: this.#ocsf() }] : order.format === 'in-toto' ? [{ name: BUNDLE_FILES.statements, content: (await envelopesOf(this.#deps, order)).map((envelope) => `${envelope}\n`).join('') }] : [];
    return [{ name: BUNDLE_FILES.events, content: this.#events() }, ...(tree === null ? [] : [{ name: BUNDLE_FILES.proofs, content: this.#proofs(tree) }]), { name: BUNDLE_FILES.checkpoints, content: this.#checkpoints() }, ...formatted];
  }

  /** Made while the parts are written: the number of events is known at the end. */
  async *manifest(origin: string): AsyncGenerator<string> {
    const { order, checkpoint } = this.#options;
    yield `${canonicalJson({ format: BUNDLE_FORMAT, origin, size: checkpoint.size, root: checkpoint.root, events: this.#count, selection: isWhole(order) ? null : { task: order.task, since: order.since }, exportedAt: Math.trunc(this.#deps.clock.now().wallMs) })}\n`;
  }

  async *#events(): AsyncGenerator<string> {
    const { order, checkpoint, tree, frontier } = this.#options;
    const redactor = redactorOf(this.#deps);
    for await (const hashed of checkedEvents(this.#deps, { after: 0, upTo: checkpoint.size })) {
      frontier.append(hashed.hash);
      tree?.append(hashed.hash);
      if (!isSelected(order, hashed)) continue;
      this.#count += 1;
      if (tree !== null) this.#selected.push(hashed.event.seq);
      yield `${eventLine(hashed, redactor)}\n`;
    }
    // The log may have been signed as it was, and altered since.
    if (toHex(frontier.root()) !== checkpoint.root) throw altered(checkpoint.size);
  }

  async *#proofs(tree: LogTree): AsyncGenerator<string> {
    for (const seq of this.#selected) yield `${tree.inclusionLine(seq)}\n`;
  }

  /** Earlier checkpoints, each a beginning of the last one. */
  async *#checkpoints(): AsyncGenerator<string> {
    const { checkpoint, tree } = this.#options;
    for (let fromSize = 1; ; ) {
      const page = (await this.#deps.store.listCheckpoints(fromSize)).filter(({ size }) => size >= fromSize && size < checkpoint.size);
      for (const { size, note } of page) yield `${canonicalJson(tree === null ? { note } : { note, proof: tree.consistency(size) })}\n`;
      const last = page.at(-1);
      if (last === undefined) return;
      fromSize = last.size + 1;
    }
  }

  async *#ocsf(): AsyncGenerator<string> {
    const { order, checkpoint } = this.#options;
    const redactor = redactorOf(this.#deps);
    for await (const hashed of checkedEvents(this.#deps, { after: 0, upTo: checkpoint.size })) if (isSelected(order, hashed)) yield `${ocsfLine(hashed, redactor)}\n`;
  }
}

async function envelopesOf(deps: ExportDeps, { task }: Pick<ExportOrder, 'task'>): Promise<readonly string[]> {
  if (task === null) throw new AiError({ code: 'USAGE', message: 'Statements are about the commits of one task.', hint: 'ai audit export --format in-toto --task ID' });
  return (await evidenceOf(deps, task)).flatMap(({ envelopes }) => envelopes);
}

function redactorOf(deps: ExportDeps): Redactor {
  return new Redactor({ secrets: secretValues(deps.environment) });
}
