import type { ChangeSource } from '../ports/change-source.js';
import { findHeadCommit } from '../adapters/git/head-commit.js';

/** The commit whose policy is trusted: read from files, and asked of git only where files don't tell. */
export async function currentCommitOf(root: string, changes: Pick<ChangeSource, 'headCommit'>): Promise<string | null> {
  const found = findHeadCommit(root);
  return found === undefined ? changes.headCommit() : found;
}
