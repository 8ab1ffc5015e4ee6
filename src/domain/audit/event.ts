/** What happened, as it is chained. Field order does not matter: the canonical form sorts keys. */
export interface NewEvent {
  /** `noun.verb_in_past_tense`, for example `task.claimed`. */
  readonly type: string;
  readonly task: string | null;
  readonly run: string | null;
  readonly token: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AuditEvent extends NewEvent {
  readonly seq: number;
  readonly atMs: number;
  /** Who: `user:NAME`, `agent:ID`, or `ai` for the machine's own repairs. */
  readonly actor: string;
  /** SHA-256 of the event before, in hex; 64 zeros for the first. */
  readonly prev: string;
  readonly hash: string;
}

export const GENESIS_HASH = '0'.repeat(64);
