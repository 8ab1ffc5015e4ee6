/** Words that make any value under them a secret. */
const STRONG: ReadonlySet<string> = new Set(['password', 'passwd', 'pwd', 'passphrase', 'secret', 'secrets', 'credential', 'credentials', 'authorization', 'cookie', 'apikey', 'privatekey', 'accesstoken', 'authtoken', 'secretkey']);
/** Words that do so when the value looks drawn by lot. */
const WEAK: ReadonlySet<string> = new Set(['key', 'keys', 'token', 'tokens', 'auth', 'bearer', 'signature', 'pat', 'pin', 'salt', 'dsn']);

/** A part of each of these words: most names have none and need no closer look. */
const ANY = /pass|pwd|secret|cred|auth|cookie|key|token|bearer|signature|pat|pin|salt|dsn/i;

const MAX_NAME_CHARACTERS = 256;
const MIN_RANDOM_CHARACTERS = 16;
/** Bits per character. English words have about 2.5 within so few characters, hexadecimal digits from lots 3.2 and more. */
const MIN_ENTROPY = 3.2;

/** How much the name of a field or variable says about its value. */
export function secretName(name: string): 'strong' | 'weak' | 'none' {
  if (!ANY.test(name)) return 'none';
  const words = wordsOf(name.slice(0, MAX_NAME_CHARACTERS));
  const pairs = words.slice(1).map((word, index) => `${words[index] ?? ''}${word}`);
  if ([...words, ...pairs].some((word) => STRONG.has(word))) return 'strong';
  return words.some((word) => WEAK.has(word)) ? 'weak' : 'none';
}

/** True for one long word of characters as a generator draws them. */
export function looksRandom(text: string): boolean {
  return text.length >= MIN_RANDOM_CHARACTERS && !/\s/.test(text) && entropy(text) >= MIN_ENTROPY;
}

/** `AWS_SECRET_ACCESS_KEY`, `awsSecretAccessKey` and `aws-secret.access key` are the same four words. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Shannon entropy in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
