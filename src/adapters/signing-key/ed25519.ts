import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import type { VerifySignature } from '../../domain/audit/note.js';

const KEY_BYTES = 32;

/** A new key in PKCS #8, as PEM. */
export function generateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Null for anything that is no Ed25519 private key. */
export function readKey(pem: string): { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array } | null {
  const key = parsePrivateKey(pem);
  if (key?.asymmetricKeyType !== 'ed25519') return null;
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { publicKey: new Uint8Array(Buffer.from(x, 'base64url')), sign: (message) => new Uint8Array(sign(null, message, key)) };
}

/** Checks many signatures of few keys: a key is read once. */
export function createVerifier(): VerifySignature {
  let last: { readonly bytes: Uint8Array; readonly key: KeyObject | null } | undefined;
  return (publicKey, message, signature) => {
    if (last === undefined || !Buffer.from(last.bytes).equals(publicKey)) last = { bytes: publicKey.slice(), key: readPublicKey(publicKey) };
    return last.key !== null && verify(null, message, last.key, signature);
  };
}

function readPublicKey(publicKey: Uint8Array): KeyObject | null {
  if (publicKey.length !== KEY_BYTES) return null;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') }, format: 'jwk' });
  } catch {
    // Bytes that are no point on the curve: nobody can have signed with them.
    return null;
  }
}

function parsePrivateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    // Not a key at all; OpenSSL's own words for that help nobody.
    return null;
  }
}
