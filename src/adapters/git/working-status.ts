import type { Context } from './context.js';
import { pathBytes, type QuotedPath } from './quoted-path.js';

/** How one tracked path of a working tree stands; paths without an entry are as HEAD has them. */
export interface PathStatus {
  readonly path: QuotedPath;
  readonly unmerged: boolean;
  /** The index differs from HEAD. */
  readonly isStaged: boolean;
  /** The file differs from the index. */
  readonly isModified: boolean;
  readonly index: { readonly mode: string; readonly object: string };
}

/** `1 XY sub modeHead modeIndex modeFile objectHead objectIndex path` (git-status(1), porcelain version 2). */
const CHANGED = /^1 (.)(.) \S+ \d+ (\d+) \d+ [0-9a-f]+ ([0-9a-f]+) (.*)$/;
const UNMERGED = /^u (?:\S+ ){9}(.*)$/;

/** Tracked paths with uncommitted changes, by their bytes as Latin-1. Brings the index's dates up to date on the way, as any `git status` does. */
export async function readStatus(context: Context, checkout: string): Promise<Map<string, PathStatus>> {
  const { stdout } = await context.git({ cwd: checkout, args: ['status', '--porcelain=v2', '--untracked-files=no', '--no-renames', '--ignore-submodules=all'] });
  const entries = stdout.split('\n').flatMap((line) => parseLine(line));
  return new Map(entries.map((entry) => [pathBytes(entry.path).toString('latin1'), entry]));
}

function parseLine(line: string): PathStatus[] {
  const changed = CHANGED.exec(line);
  if (changed !== null) {
    const [, staged = '', modified = '', mode = '', object = '', path = ''] = changed;
    return [{ path, unmerged: false, isStaged: staged !== '.', isModified: modified !== '.', index: { mode, object } }];
  }
  const unmerged = UNMERGED.exec(line)?.[1];
  return unmerged === undefined ? [] : [{ path: unmerged, unmerged: true, isStaged: true, isModified: true, index: { mode: '', object: '' } }];
}
