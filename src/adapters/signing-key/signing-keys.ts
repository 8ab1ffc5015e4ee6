import { hash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isOrigin } from '../../domain/audit/checkpoint.js';
import { HASH_BYTES } from '../../domain/audit/merkle/node-hash.js';
import { verifierKey } from '../../domain/audit/note.js';
import { AiError } from '../../domain/kernel/errors.js';
import type { Signer, SigningKeys } from '../../ports/signing-key.js';
import { createVerifier, generateKey, readKey } from './ed25519.js';
import { codeOf } from './file-errors.js';
import { PrivateFiles } from './private-files.js';

export interface SigningKeysOptions {
  /** `$XDG_CONFIG_HOME/ai/keys`; null where the user has no home. */
  readonly folder: string | null;
  /** The database whose log is signed: what was signed for it is remembered under its path. */
  readonly database: string;
  /** No key is kept below it. */
  readonly projectRoot: string;
  readonly uid: number | null;
}

const PLACE_CHARACTERS = 32;

/** SHA-256 of bytes. By way of text, a character for each byte: half the time of asking Node for a buffer, and a check of a log takes one for every event. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = hash('sha256', bytes, 'binary');
  const result = new Uint8Array(HASH_BYTES);
  for (let index = 0; index < HASH_BYTES; index += 1) result[index] = digest.charCodeAt(index);
  return result;
}

export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const folder = options.folder ?? '';
  const files = new PrivateFiles(folder, options.uid);
  const place = `${hash('sha256', path.resolve(options.database)).slice(0, PLACE_CHARACTERS)}.place`;
  const usable = (): PrivateFiles => {
    mustBeOutside(options);
    return files;
  };
  const find = async (origin: string): Promise<Signer | null> => {
    const pem = options.folder === null ? null : usable().read(nameOf(origin, 'key'));
    return pem === null ? null : signerOf(pem, origin, path.join(folder, nameOf(origin, 'key')));
  };
  return {
    folder,
    sha256,
    verify: createVerifier(),
    find,
    findOrCreate: async (origin) => (await find(origin)) ?? (usable().create(nameOf(origin, 'key'), generateKey()), mustFind(await find(origin), folder)),
    lastSigned: async (origin) => (options.folder === null ? null : usable().read(nameOf(origin, 'note'))),
    lastOrigin: async () => (options.folder === null ? null : originIn(usable().read(place))),
    remember: async (origin, note) => {
      usable().replace(nameOf(origin, 'note'), note);
      if (originIn(files.read(place)) === null) files.replace(place, `${origin}\n`);
    },
  };
}

function signerOf(pem: string, origin: string, file: string): Signer {
  const read = readKey(pem);
  if (read === null) throw new AiError({ code: 'CREDENTIALS', message: `${file} holds no Ed25519 key.`, hint: `Put the key of ${origin} back from a copy.`, details: { file } });
  return { key: verifierKey(sha256, origin, read.publicKey), sign: read.sign };
}

function mustFind(signer: Signer | null, folder: string): Signer {
  if (signer === null) throw new AiError({ code: 'CREDENTIALS', message: `The key that was just made in ${folder} is gone again.`, hint: `ls -l ${folder}`, retryable: true });
  return signer;
}

function nameOf(origin: string, kind: 'key' | 'note'): string {
  if (!isOrigin(origin)) throw new AiError({ code: 'INVALID_INPUT', message: 'That is no name of a log of ai, so no key can be of it.', hint: 'ai audit verify' });
  return `${origin.replace('/', '-')}.${kind}`;
}

function originIn(text: string | null): string | null {
  const origin = text?.trim() ?? '';
  return isOrigin(origin) ? origin : null;
}

function mustBeOutside({ folder, projectRoot }: SigningKeysOptions): void {
  if (folder === null) throw new AiError({ code: 'CREDENTIALS', message: 'There is no place for the key of the audit log: neither XDG_CONFIG_HOME nor HOME is an absolute path.', hint: 'export HOME=…' });
  const relative = path.relative(realFolder(projectRoot), realFolder(folder));
  if (relative.startsWith('..') || path.isAbsolute(relative)) return;
  throw new AiError({ code: 'CREDENTIALS', message: `${folder} lies in the repository, where every agent may write; no key is kept there.`, hint: 'Set XDG_CONFIG_HOME to a folder outside of it.', details: { folder } });
}

/** With links resolved as far as the path exists. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (codeOf(error) !== 'ENOENT' || parent === folder) return folder;
    return path.join(realFolder(parent), path.basename(folder));
  }
}
