import { parseCheckpoint, type CheckpointNote } from '../../domain/audit/checkpoint.js';
import { formatVerifierKey } from '../../domain/audit/note.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { Anchor } from '../../ports/audit-anchors.js';
import type { Checkpoint } from '../../ports/checkpoint-store.js';
import type { AppDeps } from '../deps.js';
import type { CheckpointDeps } from './audit-deps.js';
import type { AuditTools } from './audit-tools.js';
import { makeCheckpoint } from './checkpoint.js';
import { altered, rootsAt } from './read-log.js';

export interface AnchorDeps extends CheckpointDeps, Pick<AuditTools, 'auditAnchors'>, Pick<AppDeps, 'place'> {}

export interface Anchored {
  readonly ref: string;
  readonly commit: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly verifierKey: string;
  /** False when the newest anchor covered everything already. */
  readonly isNew: boolean;
  /** Where it was pushed to; null when nobody asked for it. */
  readonly pushed: string | null;
}

/**
 * Puts the newest checkpoint onto the chain of anchors, and pushes the chain when a remote is named.
 * Throws VERIFICATION_FAILED when the log does not continue the last anchor, and what checkpoints and git throw.
 */
export async function anchorLog(deps: AnchorDeps, push: string | null): Promise<Anchored> {
  if (!deps.place.isRepository) throw new AiError({ code: 'INVALID_INPUT', message: 'Anchors are kept in a git repository, and this control plane is in none.', hint: 'git init, or keep the output of: ai audit export --out DIR' });
  const { checkpoint, parsed } = await newestCheckpoint(deps);
  const verifierKey = formatVerifierKey((await (await deps.signingKeys()).findOrCreate(parsed.origin)).key);
  const anchors = await deps.auditAnchors();
  const newest = (await anchors.listAnchors(anchors.ref, 1))?.[0] ?? null;
  const isNew = newest === null || (await isBehind(deps, newest, parsed));
  const anchor = isNew ? await anchors.addAnchor({ note: checkpoint.note, verifierKey, previous: newest?.commit ?? null, atMs: checkpoint.atMs }) : newest;
  if (push !== null) await anchors.push(push);
  return { ref: anchors.ref, commit: anchor.commit, origin: parsed.origin, size: checkpoint.size, root: checkpoint.root, verifierKey, isNew, pushed: push };
}

async function newestCheckpoint(deps: AnchorDeps): Promise<{ readonly checkpoint: Checkpoint; readonly parsed: CheckpointNote }> {
  const checkpoint = await makeCheckpoint(deps, 'anchor');
  const parsed = checkpoint === null ? null : parseCheckpoint(checkpoint.note);
  if (checkpoint === null || parsed === null) throw new AiError({ code: 'INVALID_INPUT', message: 'The audit log is empty, so there is nothing to anchor.', hint: 'ai audit log' });
  return { checkpoint, parsed };
}

/** True when the log has grown since the anchor. The anchor's own root is computed again: what was signed since may have been signed over a rewritten log. */
async function isBehind(deps: AnchorDeps, newest: Anchor, now: CheckpointNote): Promise<boolean> {
  const anchored = parseCheckpoint(newest.note);
  if (anchored?.origin !== now.origin) {
    throw new AiError({ code: 'VERIFICATION_FAILED', message: `The last anchor (${newest.commit.slice(0, 12)}) is of another log, so this database was replaced.`, hint: 'ai audit verify', details: { commit: newest.commit, origin: now.origin } });
  }
  if (anchored.size > now.size) throw altered(now.size + 1);
  const { sha256 } = await deps.signingKeys();
  const roots = await rootsAt(deps.store, sha256, { sizes: [anchored.size], upTo: now.size });
  if (roots.get(anchored.size) !== anchored.root) {
    throw new AiError({ code: 'VERIFICATION_FAILED', message: `The log does not continue the last anchor (${newest.commit.slice(0, 12)}, over ${anchored.size} events): it was rewritten, or another copy of it was anchored.`, hint: 'ai audit verify', details: { commit: newest.commit, size: anchored.size } });
  }
  return anchored.size < now.size;
}
