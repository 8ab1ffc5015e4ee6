import type { Sha256 } from '../domain/audit/merkle/node-hash.js';
import type { VerifierKey, VerifySignature } from '../domain/audit/note.js';

/** The key of one log, ready to sign. */
export interface Signer {
  readonly key: VerifierKey;
  /** Ed25519, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Keys of logs, and what was last signed with them, in files outside of every repository. What lies there is the
 * memory that somebody who can write the database alone can't reach.
 */
export interface SigningKeys {
  /** Null when there is no key of this log here. Throws CREDENTIALS for a file that others may read or that is no key. */
  find(origin: string): Promise<Signer | null>;
  /** The key of this log, made when there is none. When two processes make one, both get the same. Throws CREDENTIALS, READ_ONLY, DISK_FULL. */
  findOrCreate(origin: string): Promise<Signer>;
  /** The newest checkpoint that was signed for this log here, as a signed note. */
  lastSigned(origin: string): Promise<string | null>;
  /** The log that the database at this place held when a checkpoint was last signed; null when none was. */
  lastOrigin(): Promise<string | null>;
  /** Written whole or not at all. Throws READ_ONLY, DISK_FULL. */
  remember(origin: string, note: string): Promise<void>;
  /** Where the keys are, for messages. */
  readonly folder: string;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
}
