import { toBase64, utf8 } from '../audit/bytes.js';
import { MASK } from './shapes.js';
import { secretName } from './secret-names.js';

/** Shorter values ("1", "true", "main") would blank out half of every text. */
const MIN_SECRET_CHARACTERS = 8;
const MAX_SECRET_CHARACTERS = 64 * 1024;
const MAX_SECRETS = 256;
/** Lines of a key or certificate are told apart from words by their length. */
const MIN_LINE_CHARACTERS = 20;
const MAX_LINES = 128;
const BASE64_GROUP = 3;

/** Values of those variables whose name says that they are secret. */
export function secretValues(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => (value === undefined || secretName(name) === 'none' ? [] : [value]));
}

/** Takes secrets out of text in every spelling that it knows. Built once for many texts. */
export class SecretValues {
  readonly #spellings: readonly string[];

  constructor(secrets: readonly string[]) {
    const usable = [...new Set(secrets)].filter((secret) => secret.length >= MIN_SECRET_CHARACTERS && secret.length <= MAX_SECRET_CHARACTERS && !/\p{Surrogate}/u.test(secret) && !MASK.includes(secret)).slice(0, MAX_SECRETS);
    const spellings = new Set(usable.flatMap(spellingsOf).filter((spelling) => spelling.length >= MIN_SECRET_CHARACTERS));
    // The longest first: a secret within another one must not leave the rest of it behind.
    this.#spellings = [...spellings].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.#spellings.reduce((rest, spelling) => (rest.includes(spelling) ? rest.split(spelling).join(MASK) : rest), text);
  }
}

function spellingsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= MIN_LINE_CHARACTERS && line !== secret).slice(0, MAX_LINES);
  const encoded = encodeURIComponent(secret);
  return [secret, secret.trim(), ...lines, ...base64Spellings(secret), encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), encoded.replaceAll('%20', '+'), JSON.stringify(secret).slice(1, -1)];
}

/** What of the secret shows in the Base64 of any text that contains it: it may begin at each of three places of a group. */
function base64Spellings(secret: string): readonly string[] {
  const bytes = utf8(secret);
  return Array.from({ length: BASE64_GROUP }, (_, shift) => {
    const shifted = new Uint8Array(shift + bytes.length);
    shifted.set(bytes, shift);
    const whole = Math.floor((shifted.length * 8) / 6);
    const skipped = Math.ceil((shift * 8) / 6);
    return toBase64(shifted).slice(skipped, whole);
  }).flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}
