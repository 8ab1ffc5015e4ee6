import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { Change, ChangeSide } from '../../ports/change-source.js';

/** A change before the targets of links were read. */
export type RawChange = Omit<Change, 'target'>;

/**
 * The flags of every listing. Plumbing reads little of the configuration, but what it reads may hide changes:
 * `submodule.NAME.ignore` and `diff.ignoreSubmodules` do.
 */
export const RAW_DIFF_FLAGS = ['--raw', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-abbrev', '--no-relative', '--ignore-submodules=none'];

const KINDS: Readonly<Record<string, NonNullable<Change['kind']>>> = { A: 'added', M: 'modified', D: 'deleted', T: 'type_changed' };
const HEADER = /^:(\d{6}) (\d{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([A-Z])\d*$/;

/**
 * Reads `git diff-index` or `git diff-tree` with RAW_DIFF_FLAGS: header NUL path NUL, so that a name may hold anything.
 * Throws INVALID_INPUT for an index in the middle of a merge.
 */
export function parseRawDiff(output: string): RawChange[] {
  const fields = output.split('\0');
  const changes: RawChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) changes.push(parseEntry(fields[index] ?? '', fields[index + 1] ?? ''));
  return changes;
}

function parseEntry(header: string, path: string): RawChange {
  const [, oldMode = '', newMode = '', oldObject = '', newObject = '', letter = ''] = HEADER.exec(header) ?? [];
  if (letter === 'U') {
    throw new AiError({ code: 'INVALID_INPUT', message: `${quote(path)} is unmerged: the index is in the middle of a merge, so what will be committed is not known yet.`, hint: 'Resolve the conflict, git add the file, then check again.', details: { path } });
  }
  const kind = KINDS[letter];
  if (kind === undefined || path === '') throw new Error(`git printed a change that is not understood: ${JSON.stringify([header, path])}`);
  return { path, kind, before: side(oldMode, oldObject), after: side(newMode, newObject) };
}

function side(mode: string, object: string): ChangeSide | null {
  return mode === '000000' ? null : { mode: modeOf(mode), object };
}

/** Modes as trees and the index write them. */
export function modeOf(octal: string): ChangeSide['mode'] {
  if (octal === '120000') return 'symlink';
  if (octal === '160000') return 'submodule';
  return octal === '100755' ? 'executable' : 'file';
}
