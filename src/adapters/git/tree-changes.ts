import type { ChangedFile } from '../../domain/run/run.js';
import { outputLines, parseGitPath, pathToText, type BytePath } from './byte-path.js';
import type { Git } from './git.js';

const STATUS: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', M: 'modified', D: 'deleted', T: 'type_changed' };

/** Every path in which two trees (or commits) differ. A rename is a deletion and an addition; a moved submodule is one modified path. */
export async function changedFiles(git: Git, before: string, after: string): Promise<readonly ChangedFile[]> {
  return parseNameStatus(await git.output(['diff-tree', '-r', '--no-renames', '--name-status', before, after]));
}

/** Lines of `--name-status`: a letter, a tab, a path. */
export function parseNameStatus(output: string): readonly ChangedFile[] {
  return outputLines(output).map((line) => ({ path: pathToText(parseGitPath(line.slice(2))), status: STATUS[line.charAt(0)] ?? 'modified' }));
}

/** One entry of the working tree that differs from the index. */
export interface IndexDifference {
  readonly path: BytePath;
  readonly modeBefore: string;
  readonly isDeleted: boolean;
}

/** Lines of `git diff-files --raw`: `:100644 100644 ID ID M`, a tab, a path. */
export function parseIndexDifferences(output: string): readonly IndexDifference[] {
  return outputLines(output).map((line) => {
    const tab = line.indexOf('\t');
    return { path: parseGitPath(line.slice(tab + 1)), modeBefore: line.slice(1, 7), isDeleted: line.charAt(tab - 1) === 'D' };
  });
}

export interface IndexEntry {
  readonly mode: string;
  readonly object: string;
  readonly path: BytePath;
}

/** Lines of `git ls-files --stage`: mode, id, stage, a tab, a path. */
export function parseStage(output: string): readonly IndexEntry[] {
  return outputLines(output).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', object = ''] = line.slice(0, tab).split(' ');
    return { mode, object, path: parseGitPath(line.slice(tab + 1)) };
  });
}
