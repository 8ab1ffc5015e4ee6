import { outputLines, parseGitPath, pathToText } from './byte-path.js';
import { gitFailure } from './git-failure.js';
import type { Git } from './git.js';

export type MergedTree = { readonly kind: 'merged'; readonly tree: string } | { readonly kind: 'conflict'; readonly paths: readonly string[] };

/**
 * Merges two commits from their common history, without a working tree. The attributes of `workTree` decide about
 * `merge=union` and the like; drivers that are programs are not known here, and count as the ordinary merge.
 */
export async function mergeCommits(git: Git, commits: readonly [ours: string, theirs: string], workTree: string): Promise<MergedTree> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '--allow-unrelated-histories', ...commits];
  const result = await git.attempt(args, { workTree });
  if (result.exitCode !== 0 && result.exitCode !== 1) throw gitFailure(args, result);
  const [tree = '', ...paths] = outputLines(result.stdout);
  return result.exitCode === 0 ? { kind: 'merged', tree } : { kind: 'conflict', paths: [...new Set(paths.map((path) => pathToText(parseGitPath(path))))] };
}
