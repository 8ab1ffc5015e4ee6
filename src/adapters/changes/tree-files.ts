import type { ChangeSide, CommittedFile, TreeName } from '../../ports/change-source.js';
import { objectSizes } from './blobs.js';
import type { ReadGit } from './git.js';
import { modeOf } from './raw-diff.js';

type Env = Readonly<Record<string, string>>;

export interface TreeEntry extends ChangeSide {
  readonly path: string;
}

/** Paths on one command line together; systems take far more. */
const MAX_ARGUMENT_CHARACTERS = 32_768;

/** ChangeSource.readFile. */
export async function readTreeFile(git: ReadGit, place: { readonly tree: TreeName; readonly env: Env }, wanted: { readonly path: string; readonly maxBytes: number }): Promise<CommittedFile | null> {
  const { path, maxBytes } = wanted;
  const entry = await findEntry(git, place, path);
  if (entry === undefined) return null;
  if (entry.mode === 'submodule') return { mode: entry.mode, text: null, bytes: 0 };
  const bytes = (await objectSizes(git, [entry.object])).get(entry.object)?.bytes ?? 0;
  if (bytes > maxBytes) return { mode: entry.mode, text: null, bytes };
  const { stdout } = await git({ args: ['cat-file', 'blob', entry.object] });
  return { mode: entry.mode, text: stdout, bytes };
}

async function findEntry(git: ReadGit, { tree, env }: { readonly tree: TreeName; readonly env: Env }, path: string): Promise<TreeEntry | undefined> {
  if (tree === 'index') return (await indexEntries(git, [path], env)).get(path);
  const { stdout } = await git({ args: ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', tree.commit, '--', path] });
  const [, mode = '', type = '', object = ''] = /^(\d{6}) (\w+) ([0-9a-f]+)\t/.exec(stdout) ?? [];
  return mode === '' || type === 'tree' ? undefined : { path, mode: modeOf(mode), object };
}

/** Entries of the index for exactly these paths; what it does not have is left out. */
export async function indexEntries(git: ReadGit, paths: readonly string[], env: Env): Promise<Map<string, TreeEntry>> {
  const wanted = new Set(paths);
  const entries = new Map<string, TreeEntry>();
  for (const batch of argumentBatches(paths)) {
    const { stdout } = await git({ args: ['ls-files', '--stage', '--full-name', '-z', '--', ...batch.map(fromTheTop)], env });
    for (const line of stdout.split('\0')) {
      const [, mode = '', object = '', path = ''] = /^(\d{6}) ([0-9a-f]+) \d\t(.+)$/s.exec(line) ?? [];
      // A name that is a folder in the index names all below it.
      if (wanted.has(path)) entries.set(path, { path, mode: modeOf(mode), object });
    }
  }
  return entries;
}

/** Whatever folder we stand in, and with no character of the name taken for a pattern. */
const fromTheTop = (path: string): string => `:(top,literal)${path}`;

/** ChangeSource.listPaths. */
export async function listTreePaths(git: ReadGit, tree: TreeName, env: Env): Promise<string[]> {
  const args = tree === 'index' ? ['ls-files', '--full-name', '-z', '--', ':/'] : ['ls-tree', '-r', '-z', '--full-tree', '--name-only', tree.commit];
  const { stdout } = await git({ args, env: tree === 'index' ? env : {} });
  return stdout === '' ? [] : stdout.slice(0, -1).split('\0');
}

function* argumentBatches(paths: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const path of paths) {
    if (characters + path.length > MAX_ARGUMENT_CHARACTERS && batch.length > 0) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(path);
    characters += path.length + 1;
  }
  if (batch.length > 0) yield batch;
}
