import type { RequestPath } from '../domain/policy/request.js';

/** What a path is on one side of a change. */
export interface ChangeSide {
  readonly mode: NonNullable<RequestPath['mode']>;
  /** Object id of the blob, or the commit of a submodule. */
  readonly object: string;
}

/** One path that differs. A rename is a deletion and an addition: both sides are seen. */
export interface Change {
  /** Relative to the root of the repository; bytes that are not UTF-8 are U+FFFD. */
  readonly path: string;
  /** null when only the name was given. */
  readonly kind: RequestPath['kind'];
  readonly before: ChangeSide | null;
  readonly after: ChangeSide | null;
  /** Where a symbolic link points after the change, from its blob; null for anything else, and for a target too long to be one. */
  readonly target: string | null;
}

export interface ChangeSet {
  readonly mode: 'staged' | 'range' | 'files';
  /** The commit that the changes start from: HEAD, or the merge base of a range; null on a branch without a commit. */
  readonly base: string | null;
  /** The commit that the changes lead to; null for the index. */
  readonly head: string | null;
  /** Each path once, in the order of git. */
  readonly changes: readonly Change[];
}

/** A tree that can be read: a commit by its full id, or the index. */
export type TreeName = { readonly commit: string } | 'index';

export interface CommittedFile {
  readonly mode: ChangeSide['mode'];
  /** null for a submodule, and for more than the caller wanted to read. */
  readonly text: string | null;
  readonly bytes: number;
}

/** One commit of a range, as far as it says who made it. */
export interface CommitFacts {
  readonly id: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  readonly message: string;
}

/**
 * Reads what git recorded: index, trees and blobs, never the working tree, and never anything that the repository's own
 * configuration could make git start. Throws GIT_MISSING and GIT_FAILED; INVALID_INPUT for names that can't be meant.
 */
export interface ChangeSource {
  /**
   * What `git commit` would commit now: the index against HEAD, or against nothing on a branch without a commit. Inside a
   * git hook this is the index of the git that called, which for `git commit FILE` is a temporary one.
   */
  staged(): Promise<ChangeSet>;
  /** From the merge base of both to `head`. Throws INVALID_INPUT when one is no commit here, or when they share no history. */
  range(base: string, head: string): Promise<ChangeSet>;
  /** The named paths as the index has them, with `kind` null; also those that it does not have. */
  files(paths: readonly string[]): Promise<ChangeSet>;
  /** Full id of the commit that is checked out; null on a branch without one. */
  headCommit(): Promise<string | null>;
  /** null when there is no such path in the tree. More than `maxBytes` is not read. */
  readFile(tree: TreeName, path: string, maxBytes: number): Promise<CommittedFile | null>;
  /** Every path of the tree. */
  listPaths(tree: TreeName): Promise<readonly string[]>;
  /** Commits that `head` has and `base` has not, oldest first. */
  commits(base: string, head: string): Promise<readonly CommitFacts[]>;
}

/** What stands behind one commit, from the signed statements that are kept with it. */
export interface CommitEvidence {
  readonly run: string | null;
  /** The decision that allowed the work; null when the statement names none. */
  readonly decision: { readonly id: string; readonly effect: 'allow' | 'ask' | 'deny' } | null;
  /** Digests that the statement claims beside those that were found; null where the evidence itself is missing. */
  readonly digests: readonly { readonly kind: string; readonly claimed: string; readonly found: string | null }[];
  readonly signature: 'valid' | 'invalid' | 'untrusted' | 'unsigned';
}

/** `trusted` is the commit whose list of keys counts. null when nothing is kept with the commit. */
export type EvidenceReader = (commit: CommitFacts, trusted: string | null) => Promise<CommitEvidence | null>;
