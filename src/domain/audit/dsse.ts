import { concat, fromBase64, toBase64, utf8 } from './bytes.js';
import type { VerifierKey, VerifySignature } from './note.js';

export const IN_TOTO_TYPE = 'application/vnd.in-toto+json';

/** DSSE 1.0: a payload with signatures over its type and its bytes. */
export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What is signed: lengths first, so that no two pairs of type and payload give the same bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  return concat(utf8(`DSSEv1 ${utf8(payloadType).length} ${payloadType} ${payload.length} `), payload);
}

/** The name of a key within envelopes: its name and id in the form of signed notes. */
export function envelopeKeyId(key: Pick<VerifierKey, 'name' | 'id'>): string {
  return `${key.name}+${key.id}`;
}

export function sealEnvelope(payload: string, signer: { readonly key: VerifierKey; readonly sign: (message: Uint8Array) => Uint8Array }): Envelope {
  const bytes = utf8(payload);
  const signature = signer.sign(preAuthEncoding(IN_TOTO_TYPE, bytes));
  return { payloadType: IN_TOTO_TYPE, payload: toBase64(bytes), signatures: [{ keyid: envelopeKeyId(signer.key), sig: toBase64(signature) }] };
}

/** The payload's bytes when the key signed them, else null. */
export function openEnvelope(envelope: Envelope, key: VerifierKey, verify: VerifySignature): Uint8Array | null {
  const payload = fromBase64(envelope.payload);
  if (payload === null) return null;
  const message = preAuthEncoding(envelope.payloadType, payload);
  const isSigned = envelope.signatures.some(({ keyid, sig }) => {
    const signature = fromBase64(sig);
    return keyid === envelopeKeyId(key) && signature !== null && verify(key.publicKey, message, signature);
  });
  return isSigned ? payload : null;
}
