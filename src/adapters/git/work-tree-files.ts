import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import { pathToBytes, type BytePath } from './byte-path.js';

/** What stands at a path of a working tree, links not followed. `undefined` when there is nothing, or when the way there leads through a link or a file. */
export function statsAt(workTree: string, file: BytePath): Stats | undefined {
  return obstructedAt(workTree, file) === null ? lstatOf(workTree, file) : undefined;
}

/** The first folder on the way to a path that is something else than a folder; null when all that exist are folders. */
export function obstructedAt(workTree: string, file: BytePath): BytePath | null {
  for (const parent of parentsOf(file)) {
    const stats = lstatOf(workTree, parent);
    if (stats === undefined) return null;
    if (!stats.isDirectory()) return parent;
  }
  return null;
}

/** `a/b/c` is in `a` and in `a/b`. */
export function parentsOf(file: BytePath): readonly BytePath[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, position) => parts.slice(0, position + 1).join('/') as BytePath);
}

/** Names need not be UTF-8, so the path is handed over as bytes. */
function lstatOf(workTree: string, file: BytePath): Stats | undefined {
  return lstatSync(Buffer.concat([Buffer.from(`${workTree}${path.sep}`), pathToBytes(file)]), { throwIfNoEntry: false });
}
