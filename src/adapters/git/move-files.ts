import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outputLines, parseGitPath, pathToText, quoteGitPath, type BytePath } from './byte-path.js';
import { lockFailure } from './git-failure.js';
import type { WorkTree } from './linked-worktrees.js';
import type { Repository } from './repository.js';

export interface Obstacle {
  /** Half a sentence. */
  readonly reason: string;
  readonly paths: readonly string[];
}

export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Moves the files and index of somebody's working tree from one commit to another, as a fast-forward does: every path
 * that differs has to be as the first commit has it, or already as the second; all other paths keep what they have.
 * Answers what is in the way; then nothing was touched. Throws GIT_FAILED for a lock file.
 */
export async function moveFiles(repository: Repository, tree: WorkTree, move: Move): Promise<Obstacle | null> {
  const obstacle = busyWith(tree, move) ?? sparseCheckout(repository, tree, move) ?? (await filteredPaths(repository, tree, move));
  if (obstacle !== null) return obstacle;
  const { git } = repository;
  const result = await git.attempt(['read-tree', '-m', '-u', move.from, move.to], indexOf(tree));
  if (result.exitCode === 0) return null;
  const locked = lockFailure(result.stderr);
  if (locked !== null) throw locked;
  return { reason: `uncommitted changes in ${tree.path} are where the change lands`, paths: await pathsInTheWay(repository, tree, move) };
}

function indexOf(tree: WorkTree): { readonly workTree: string; readonly indexFile: string } {
  return { workTree: tree.path, indexFile: path.join(tree.gitDir, 'index') };
}

const UNFINISHED: readonly (readonly [file: string, what: string])[] = [
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase or am'],
];

function busyWith(tree: WorkTree, move: Move): Obstacle | null {
  const found = UNFINISHED.find(([file]) => existsSync(path.join(tree.gitDir, file)));
  return found === undefined ? null : { reason: `a ${found[1]} is going on in ${tree.path}; finish it, or: ${byHand(tree, move)}`, paths: [] };
}

function sparseCheckout({ settings }: Repository, tree: WorkTree, move: Move): Obstacle | null {
  const own = path.join(tree.gitDir, 'config.worktree');
  const isSparse = settings.isSparse || (existsSync(own) && /^\s*sparsecheckout\s*=\s*true\s*$/im.test(readFileSync(own, 'utf8')));
  return isSparse ? { reason: `${tree.path} is a sparse checkout, whose files only your own git can move: ${byHand(tree, move)}`, paths: [] } : null;
}

/** Files that a filter of the user's makes (Git LFS and the like) would be written as they are stored. */
async function filteredPaths({ git, settings }: Repository, tree: WorkTree, move: Move): Promise<Obstacle | null> {
  if (settings.filters.length === 0) return null;
  const changed = await changedPaths(git, move);
  const stdin = changed.map((file) => `${quoteGitPath(file)}\n`).join('');
  const attributes = outputLines(await git.output(['check-attr', '--stdin', 'filter'], { ...indexOf(tree), stdin }));
  const filtered = attributes.flatMap((line) => {
    const [, file = '', filter = ''] = /^(.*): filter: (.*)$/.exec(line) ?? [];
    return settings.filters.includes(filter) ? [pathToText(parseGitPath(file))] : [];
  });
  return filtered.length === 0 ? null : { reason: `these files pass through a filter of your git (${settings.filters.join(', ')}), which is not run here: ${byHand(tree, move)}`, paths: filtered };
}

function byHand(tree: WorkTree, move: Move): string {
  return `git -C '${tree.path}' merge --ff-only ${move.to.slice(0, 12)}`;
}

async function changedPaths(git: Repository['git'], move: Move): Promise<readonly BytePath[]> {
  return outputLines(await git.output(['diff-tree', '-r', '--no-renames', '--name-only', move.from, move.to])).map(parseGitPath);
}

/** Git names only the first; the user wants all of them. */
async function pathsInTheWay({ git }: Repository, tree: WorkTree, move: Move): Promise<readonly string[]> {
  const call = indexOf(tree);
  const [changed, staged, unstaged, untracked] = await Promise.all([
    changedPaths(git, move),
    git.output(['diff-index', '--cached', '--no-renames', '--name-only', move.from], call),
    git.output(['diff-files', '--ignore-submodules=dirty', '--name-only'], call),
    git.output(['ls-files', '--others'], call),
  ]);
  const own = [staged, unstaged, untracked].flatMap(outputLines).map(parseGitPath);
  const folders = new Set(own.flatMap(parentsOf));
  const files = new Set(own);
  // A file of the user's can also stand where the change needs a folder, or the other way round.
  return changed.filter((file) => files.has(file) || folders.has(file) || parentsOf(file).some((parent) => files.has(parent))).map(pathToText);
}

function parentsOf(file: BytePath): readonly BytePath[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, position) => parts.slice(0, position + 1).join('/') as BytePath);
}
