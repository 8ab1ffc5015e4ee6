import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { Change, ChangeSet, ChangeSource } from '../../ports/change-source.js';
import { readBlobs } from './blobs.js';
import { listCommits } from './commits.js';
import { createReadGit, type ReadGit, type ReadGitDeps } from './git.js';
import { parseRawDiff, RAW_DIFF_FLAGS, type RawChange } from './raw-diff.js';
import { resolveCommits, resolveRange } from './revisions.js';
import { indexEntries, listTreePaths, readTreeFile } from './tree-files.js';

/** The longest target that systems accept (PATH_MAX). */
const MAX_TARGET_BYTES = 4_096;
const MAX_NAMED_PATHS = 100_000;

/** `cwd` is any folder of the working tree; `environment` is that of the process, from which only what a calling git says about its index is taken. */
export function createChangeSource(deps: ReadGitDeps): ChangeSource {
  const git = createReadGit(deps);
  const caller = callingGit(deps);
  return {
    staged: () => readStaged(git, caller),
    async range(from, to) {
      const { base, head } = await resolveRange(git, from, to);
      const { stdout } = await git({ args: ['diff-tree', '-r', ...RAW_DIFF_FLAGS, base, head, '--'] });
      return { mode: 'range', base, head, changes: await withTargets(git, parseRawDiff(stdout), {}) };
    },
    files: (names) => readNamed(git, names, caller),
    async headCommit() {
      const { stdout, exitCode } = await git({ args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], answers: [0, 1] });
      return exitCode === 0 ? stdout.trim() : null;
    },
    readFile: (tree, name, maxBytes) => readTreeFile(git, { tree, env: tree === 'index' ? caller : {} }, { path: name, maxBytes }),
    listPaths: (tree) => listTreePaths(git, tree, caller),
    async commits(from, to) {
      const { base, head } = await resolveRange(git, from, to);
      return listCommits(git, base, head);
    },
  };
}

/**
 * In a hook, git names its index and its folder: `git commit FILE` and `git commit -a` commit a temporary index, and a
 * linked working tree has a folder of its own. Relative names are relative to where the hook runs.
 */
function callingGit({ cwd, environment }: ReadGitDeps): Record<string, string> {
  return Object.fromEntries(
    ['GIT_DIR', 'GIT_INDEX_FILE'].flatMap((name) => {
      const value = environment[name] ?? '';
      return value === '' ? [] : [[name, path.resolve(cwd, value)] as const];
    }),
  );
}

async function readStaged(git: ReadGit, env: Record<string, string>): Promise<ChangeSet> {
  const [head = null] = await resolveCommits(git, ['HEAD'], env);
  const base = head ?? (await emptyTree(git, env));
  const { stdout } = await git({ args: ['diff-index', '--cached', ...RAW_DIFF_FLAGS, base, '--'], env });
  return { mode: 'staged', base: head, head: null, changes: await withTargets(git, parseRawDiff(stdout), env) };
}

/** Its id depends on the hash of the repository. Not written anywhere: git knows this tree by itself. */
async function emptyTree(git: ReadGit, env: Record<string, string>): Promise<string> {
  return (await git({ args: ['hash-object', '-t', 'tree', '--stdin'], env, stdin: '' })).stdout.trim();
}

async function readNamed(git: ReadGit, names: readonly string[], env: Record<string, string>): Promise<ChangeSet> {
  const paths = [...new Set(names.map(checkPath))];
  if (paths.length > MAX_NAMED_PATHS) throw new AiError({ code: 'INVALID_INPUT', message: `${paths.length} files were named; the limit is ${MAX_NAMED_PATHS}.`, hint: 'Use --staged or --base, which have no such limit.' });
  const [[head = null], entries] = await Promise.all([resolveCommits(git, ['HEAD'], env), indexEntries(git, paths, env)]);
  const changes = paths.map((name) => ({ path: name, kind: null, before: null, after: entries.get(name) ?? null }));
  return { mode: 'files', base: head, head: null, changes: await withTargets(git, changes, env) };
}

/** The one spelling that git uses. Throws INVALID_INPUT for a name that is none inside the repository. */
function checkPath(name: string): string {
  const plain = name.replace(/^(\.\/+)+/, '').replaceAll(/\/{2,}/g, '/').replaceAll(/(?<=\/)(\.\/)+/g, '');
  const bad = plain === '' || name.startsWith('/') || name.includes('\0') || plain.split('/').some((part) => part === '.' || part === '..' || part === '');
  if (!bad) return plain;
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(name)} is no path inside the repository.`, hint: 'Name files relative to the root of the repository, as git ls-files --full-name prints them.', details: { path: name } });
}

async function withTargets(git: ReadGit, changes: readonly RawChange[], env: Record<string, string>): Promise<Change[]> {
  const links = changes.flatMap(({ after }) => (after?.mode === 'symlink' ? [after.object] : []));
  const targets = links.length === 0 ? new Map<string, string>() : await readBlobs((order) => git({ ...order, env }), links, MAX_TARGET_BYTES);
  return changes.map((change) => ({
    path: change.path,
    kind: change.kind,
    before: change.before,
    after: change.after === null ? null : { mode: change.after.mode, object: change.after.object },
    target: change.after?.mode === 'symlink' ? (targets.get(change.after.object) ?? null) : null,
  }));
}
