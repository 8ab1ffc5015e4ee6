import type { ChangedFile } from '../../domain/run/run.js';
import type { RunGit } from './run-git.js';
import type { PrivateView } from './private-view.js';
import type { LeftOut } from './record-content.js';
import { pathText, type QuotedPath } from './quoted-path.js';

/** One path that differs between two trees; modes are octal text, `000000` where there is nothing. */
export interface TreeChange {
  readonly path: QuotedPath;
  readonly status: ChangedFile['status'];
  readonly before: { readonly mode: string; readonly object: string };
  readonly after: { readonly mode: string; readonly object: string };
}

const STATUSES: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', M: 'modified', D: 'deleted', T: 'type_changed' };
const LINE = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([AMDT])\t(.*)$/;

/** Differences between two commits or trees, sorted by path. A rename is a deletion and an addition. */
export async function listChanges(git: RunGit, view: PrivateView, trees: { readonly base: string; readonly head: string }): Promise<TreeChange[]> {
  if (trees.base === trees.head) return [];
  const { stdout } = await git({ ...view, args: ['diff-tree', '-r', '--raw', '--no-abbrev', '--no-renames', trees.base, trees.head, '--'] });
  return stdout.split('\n').filter((line) => line !== '').map(parseLine);
}

function parseLine(line: string): TreeChange {
  const [, oldMode = '', newMode = '', oldObject = '', newObject = '', letter = '', path = ''] = LINE.exec(line) ?? [];
  const status = STATUSES[letter];
  if (status === undefined) throw new Error(`git diff-tree printed a line that is not understood: ${line}`);
  return { path, status, before: { mode: oldMode, object: oldObject }, after: { mode: newMode, object: newObject } };
}

const MODES: Readonly<Record<string, ChangedFile['mode']>> = { '100644': 'file', '100755': 'executable', '120000': 'symlink', '160000': 'submodule' };

/** Also those that no tree can hold; each path once, sorted. */
export function toChangedFiles(changes: readonly TreeChange[], leftOut: readonly LeftOut[]): ChangedFile[] {
  const files = new Map<QuotedPath, Omit<ChangedFile, 'path'>>(leftOut.map(({ path, status }) => [path, { status }]));
  for (const { path, status, before, after } of changes) {
    const mode = MODES[status === 'deleted' ? before.mode : after.mode];
    files.set(path, { status, ...(mode === undefined ? {} : { mode }) });
  }
  const all = [...files].map(([path, facts]) => ({ path: pathText(path), ...facts }));
  return leftOut.length === 0 ? all : all.sort((a, b) => (a.path < b.path ? -1 : 1));
}
