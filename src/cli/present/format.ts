import { age } from '../time.js';

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const;
const DIGEST_CHARACTERS = 12;
/** With its date, to the second, in UTC: what a log of several days needs. */
const STAMP = { from: 0, to: 19 } as const;

/** How long something took: `240 ms`, `12.1 s`, `3m 12s`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : age(ms);
}

/** `1 file`, `3 files`, `1,204 files`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${thousands(amount)} ${amount === 1 ? noun : plural}`;
}

/** Digits in groups of three, the same on every machine whatever its locale. */
export function thousands(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Decimal units, as disks are sold: `312 B`, `4.2 kB`. */
export function byteSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1_000 && unit < BYTE_UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** The beginning of a digest or commit id, enough to tell two apart. */
export function shortDigest(digest: string): string {
  return digest.slice(0, DIGEST_CHARACTERS);
}

/** `2026-03-01 09:30:00`, in UTC. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(STAMP.from, STAMP.to).replace('T', ' ');
}

/** A word as a POSIX shell reads it back, for commands that a person copies. */
export function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** The first few of many, and how many were left out. */
export function someOf(words: readonly string[], shown: number): string {
  const rest = words.length - shown;
  return rest > 0 ? `${words.slice(0, shown).join(', ')} and ${thousands(rest)} more` : words.join(', ');
}
