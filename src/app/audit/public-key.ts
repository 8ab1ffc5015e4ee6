import { originOf } from '../../domain/audit/checkpoint.js';
import { formatVerifierKey } from '../../domain/audit/note.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { CheckpointDeps } from './audit-deps.js';
import { makeCheckpoint } from './checkpoint.js';

export interface PublicKey {
  readonly origin: string;
  readonly verifierKey: string;
  /** Folder that the private part is in. */
  readonly folder: string;
}

/** The public part of the key, to be told to whoever will check the log. Makes the key, and a first checkpoint, when there is none. */
export async function publicKey(deps: CheckpointDeps): Promise<PublicKey> {
  const keys = await deps.signingKeys();
  const [first] = await deps.store.listEvents({ sinceSeq: 0, task: null, run: null, types: [] }, 1);
  if (first === undefined) throw new AiError({ code: 'INVALID_INPUT', message: 'The audit log is empty; it gets a key with its first event.', hint: 'ai task create "…"' });
  const origin = originOf(first.hash);
  if ((await keys.find(origin)) === null) await makeCheckpoint(deps, 'export');
  return { origin, verifierKey: formatVerifierKey((await keys.findOrCreate(origin)).key), folder: keys.folder };
}
