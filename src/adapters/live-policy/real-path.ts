import { readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;
const MAX_NAMES = 1_024;

/** The port's `realPath`. Names are taken off the end until the rest exists; a link to nothing is followed to where it would make a file. */
export async function findRealPath(absolute: string): Promise<string | null> {
  let rest: string[] = [];
  let current = absolute;
  let links = 0;
  for (let names = 0; names < MAX_NAMES; names += 1) {
    const real = await attempt(() => realpath(current));
    if (real.ok) return rest.includes('..') ? null : path.join(real.value, ...rest);
    if (real.code !== 'ENOENT') return null;
    const target = await attempt(() => readlink(current));
    if (target.ok) {
      links += 1;
      if (links > MAX_LINKS) return null;
      current = path.isAbsolute(target.value) ? target.value : `${parentOf(current)}/${target.value}`;
    } else {
      rest = [nameOf(current), ...rest];
      current = parentOf(current);
    }
  }
  return null;
}

/** By the words, without taking `..` away: what it means depends on links before it. */
const trimmed = (text: string): string => text.replace(/\/+$/, '');
const parentOf = (text: string): string => trimmed(trimmed(text).slice(0, trimmed(text).lastIndexOf('/'))) || '/';
const nameOf = (text: string): string => trimmed(text).slice(trimmed(text).lastIndexOf('/') + 1);

type Attempt = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly code: string };

async function attempt(work: () => Promise<string>): Promise<Attempt> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, code: error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN' };
  }
}
