import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { ProtectedState } from '../../ports/workspaces.js';
import type { Context } from './context.js';
import { needFacts } from './context.js';
import { pathText } from './quoted-path.js';

/** More than any repository has; what lies beyond is not looked at. */
const MAX_FILES = 2_000;
const MAX_BYTES = 4 * 1024 * 1024;

interface Place {
  /** What messages call it. */
  readonly name: string;
  readonly file: string;
}

/**
 * What git and people rely on and no tree holds: configuration and hooks of the repository, the user's own git settings, files with
 * secrets, and which files of the main working tree differ from its index. Read before and after a run, the two say what changed.
 */
export async function readProtected(context: Context, copyFiles: readonly string[]): Promise<ProtectedState> {
  const { gitCommonDir } = await needFacts(context);
  const [places, edited] = await Promise.all([listPlaces(context, gitCommonDir, copyFiles), listEdited(context)]);
  const digests = await Promise.all(places.slice(0, MAX_FILES).map(async ({ name, file }) => [name, await digestOf(file)] as const));
  return { files: new Map(digests.filter(([, digest]) => digest !== null) as (readonly [string, string])[]), checkout: edited };
}

async function listPlaces(context: Context, gitCommonDir: string, copyFiles: readonly string[]): Promise<Place[]> {
  const { root, aiFolder, home } = context;
  const inGit = (name: string): Place => ({ name: `.git/${name}`, file: path.join(gitCommonDir, name) });
  const hooks = (await namesIn(path.join(gitCommonDir, 'hooks'))).filter((name) => !name.endsWith('.sample')).map((name) => inGit(`hooks/${name}`));
  const secrets = (await namesIn(root)).filter((name) => /^\.(env(\..*)?|npmrc|netrc|pypirc)$/.test(name));
  const own = ['policy.yaml', 'policy.yml', 'config.yaml', 'audit-keys'].map((name) => ({ name: `.ai/${name}`, file: path.join(aiFolder, name) }));
  const users = home === null ? [] : ['.gitconfig', '.config/git/config'].map((name) => ({ name: `~/${name}`, file: path.join(home, name) }));
  return [
    ...['config', 'config.worktree', 'info/exclude', 'info/attributes', 'info/grafts'].map(inGit),
    ...hooks,
    ...[...new Set([...secrets, ...copyFiles])].map((name) => ({ name, file: path.join(root, name) })),
    ...own,
    ...users,
  ];
}

/** Files of the main working tree that differ from its index, each with what it looks like now. Nothing is written, not even git's own notes. */
async function listEdited(context: Context): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await context.git({ cwd: context.root, env: { GIT_OPTIONAL_LOCKS: '0' }, args: ['diff-files', '--name-only', '--ignore-submodules=all', '--no-ext-diff'] });
  const names = stdout.split('\n').filter((line) => line !== '').slice(0, MAX_FILES).map(pathText);
  return new Map(await Promise.all(names.map(async (name) => [name, await lookOf(path.join(context.root, name))] as const)));
}

async function lookOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, mode } = await lstat(file);
    return `${mtimeMs} ${size} ${mode}`;
  } catch {
    // Gone since git looked: that is a look as well.
    return 'gone';
  }
}

/** Null for what is not there. A link counts with its target. */
async function digestOf(file: string): Promise<string | null> {
  try {
    const stats = await lstat(file);
    if (stats.isSymbolicLink()) return `link ${await readlink(file)}`;
    if (!stats.isFile() || stats.size > MAX_BYTES) return `${stats.mode} ${stats.size} ${stats.mtimeMs}`;
    return `${stats.mode} ${createHash('sha256').update(await readFile(file)).digest('hex')}`;
  } catch {
    // Not there, or not ours to read: then an agent of the same user can't have changed it either.
    return null;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    // No such folder.
    return [];
  }
}
