import type { Override } from '../domain/policy/layer.js';

/** Overrides in force at the same time; a decision reads them all. */
export const ACTIVE_OVERRIDES_LIMIT = 1_000;
/** The newest overrides that a list of all of them answers. */
export const LISTED_OVERRIDES_LIMIT = 1_000;

/** For whom: null is everybody, everything. */
interface OverrideScope {
  readonly agent: string | null;
  readonly task: string | null;
}

/** One given at the command line; its id is `o-` and six characters. */
export interface NewOverride extends Override {
  readonly scope: OverrideScope;
}

export interface GivenOverride extends NewOverride {
  readonly addedAtMs: number;
  readonly revokedAtMs: number | null;
  readonly revokedBy: string | null;
}

/** Overrides given at the command line. Whether a rule can be overridden at all is decided elsewhere. */
export interface OverrideStore {
  /** Writes the event `override.added`. Throws ALREADY_EXISTS for a known id, OVERRIDE_REFUSED when it has expired already or too many are in force. */
  addOverride(override: NewOverride): Promise<GivenOverride>;
  /** Newest first: those in force at that time, or with null the newest of all. */
  listOverrides(filter: { readonly activeAtMs: number | null }): Promise<readonly GivenOverride[]>;
  /** Writes the event `override.revoked`, once: the first one counts. Undefined when there is no such override. */
  revokeOverride(id: string, by: string): Promise<GivenOverride | undefined>;
}
