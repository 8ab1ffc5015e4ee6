import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outputLines, parseGitPath, pathToText, quoteGitPath, type BytePath } from './byte-path.js';
import { lockFailure } from './git-failure.js';
import type { Git } from './git.js';
import type { WorkTree } from './linked-worktrees.js';
import type { Repository } from './repository.js';
import { obstructedAt, parentsOf, statsAt } from './work-tree-files.js';

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
  const { git } = repository;
  const obstacle = busyWith(tree, move) ?? sparseCheckout(repository, tree, move);
  if (obstacle !== null) return obstacle;
  const changed = parseRawNames(await git.output(['diff-tree', '-r', '--no-renames', '--name-status', move.from, move.to]));
  const refused = (await untrackedInTheWay(git, tree, changed)) ?? (await filteredPaths(repository, tree, { ...move, changed }));
  if (refused !== null) return refused;
  const result = await git.attempt(['read-tree', '-m', '-u', move.from, move.to], indexOf(tree));
  if (result.exitCode === 0) return null;
  const locked = lockFailure(result.stderr);
  if (locked !== null) throw locked;
  return { reason: `uncommitted changes in ${tree.path} are where the change lands`, paths: await pathsInTheWay(git, tree, { from: move.from, changed }) };
}

interface ChangedPath {
  readonly path: BytePath;
  readonly isAdded: boolean;
}

function parseRawNames(output: string): readonly ChangedPath[] {
  return outputLines(output).map((line) => ({ path: parseGitPath(line.slice(2)), isAdded: line.startsWith('A') }));
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

/**
 * Git writes over ignored files without asking. They are the user's too: what the change adds may not stand there
 * already, as a file, as a folder with anything untracked in it, or as a file where a folder is needed.
 */
async function untrackedInTheWay(git: Git, tree: WorkTree, changed: readonly ChangedPath[]): Promise<Obstacle | null> {
  const added = changed.filter(({ isAdded, path: file }) => isAdded && isOccupied(tree.path, file)).map((change) => change.path);
  if (added.length === 0) return null;
  const paths = overlap(added, await git.output(['ls-files', '--others'], indexOf(tree)));
  return paths.length === 0 ? null : { reason: `files in ${tree.path} that git does not track are where the change lands`, paths };
}

function isOccupied(root: string, file: BytePath): boolean {
  return obstructedAt(root, file) !== null || statsAt(root, file) !== undefined;
}

/** Files that a filter of the user's makes (Git LFS and the like) would be written as they are stored. */
async function filteredPaths({ git, settings }: Repository, tree: WorkTree, move: Move & { readonly changed: readonly ChangedPath[] }): Promise<Obstacle | null> {
  if (settings.filters.length === 0) return null;
  const stdin = move.changed.map((change) => `${quoteGitPath(change.path)}\n`).join('');
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

/** Git names only the first; the user wants all of them. */
async function pathsInTheWay(git: Git, tree: WorkTree, { from, changed }: { readonly from: string; readonly changed: readonly ChangedPath[] }): Promise<readonly string[]> {
  const call = indexOf(tree);
  const own = await Promise.all([
    git.output(['diff-index', '--cached', '--no-renames', '--name-only', from], call),
    git.output(['diff-files', '--ignore-submodules=dirty', '--name-only'], call),
  ]);
  return overlap(changed.map((change) => change.path), own.join(''));
}

/** The paths at, above or below which one of the user's stands. */
function overlap(paths: readonly BytePath[], userPaths: string): readonly string[] {
  const own = outputLines(userPaths).map((line) => parseGitPath(line.replace(/\/$/, '')));
  const files = new Set(own);
  const folders = new Set(own.flatMap(parentsOf));
  return paths.filter((file) => files.has(file) || folders.has(file) || parentsOf(file).some((parent) => files.has(parent))).map(pathToText);
}
