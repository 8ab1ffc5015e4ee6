/** One commit of the chain of anchors. */
export interface Anchor {
  readonly commit: string;
  /** The signed note in it, unchecked. */
  readonly note: string;
}

export interface NewAnchor {
  readonly note: string;
  /** In the form of C2SP signed-note; kept beside the note. */
  readonly verifierKey: string;
  /** Commit that the new one continues; null for the first. */
  readonly previous: string | null;
  readonly atMs: number;
}

/** Checkpoints and evidence in the repository, where pushing takes them to other machines. */
export interface AuditAnchors {
  /** The name of the ref that anchors are kept on. */
  readonly ref: string;
  /** Newest first, at most `limit`; null when the ref does not exist. Throws INVALID_INPUT for a ref that holds no anchors. */
  listAnchors(ref: string, limit: number): Promise<readonly Anchor[] | null>;
  /** Appends to the chain. Throws DATABASE_BUSY when somebody else appended meanwhile, GIT_FAILED, GIT_MISSING. */
  addAnchor(anchor: NewAnchor): Promise<Anchor>;
  /** Sends the chain to a remote, never over a chain that it does not continue. Throws GIT_FAILED with what the remote said. */
  push(remote: string): Promise<void>;
  /** Null when the repository has no such commit. */
  treeOf(commit: string): Promise<string | null>;
  /** Lines of the note at a commit under `refs/notes/ai`; none when it has no note. */
  readEvidence(commit: string): Promise<readonly string[]>;
  /** Replaces the note. */
  writeEvidence(commit: string, order: { readonly lines: readonly string[]; readonly atMs: number }): Promise<void>;
}
