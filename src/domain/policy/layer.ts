import type { Effect } from './effect.js';
import type { PolicyPoint } from './point.js';

/** From the widest to the narrowest. A lower layer only narrows what the ones above it allow. */
export const LAYER_NAMES = ['builtin', 'global', 'project', 'agent', 'task'] as const;
export type LayerName = (typeof LAYER_NAMES)[number];

/**
 * One rule as it is in force: sets expanded, durations in ms, nothing left to look up. JSON-safe, so that a
 * policy has a digest and a decision can be replayed. A field that is null says nothing.
 */
export interface Rule {
  /** `^[a-z][a-z0-9-]{0,63}$`, unique within its layer. */
  readonly id: string;
  readonly effect: Effect;
  readonly on: readonly PolicyPoint[];
  /** Agent ids, `role:NAME` or `label:NAME`; one of them must fit. */
  readonly agents: readonly string[] | null;
  /** Roles of which the agent must have one. */
  readonly roles: readonly string[] | null;
  /** Labels of the task of which one must be present. */
  readonly labels: readonly string[] | null;
  /** Patterns of the one glob grammar, `@set` already expanded. */
  readonly paths: readonly string[] | null;
  readonly except: readonly string[];
  readonly command: CommandPattern | null;
  /** Skill names of which one must be meant. */
  readonly skills: readonly string[] | null;
  /** Task types of which one must be meant. */
  readonly tasks: readonly string[] | null;
  /** A CEL expression over the declared facts (facts.ts). */
  readonly when: string | null;
  readonly approval: ApprovalTerms | null;
  readonly why: string | null;
  /** Can't be overridden by anybody. */
  readonly locked: boolean;
  /** Lower layers that may override this rule, with a reason and an expiry. */
  readonly overridable: readonly LayerName[];
  /** `file:line:column` of the rule. */
  readonly at: string;
}

/** A command matches when its words begin with `starts` and, if `any` is not empty, one of its words is in `any`. */
export interface CommandPattern {
  readonly starts: readonly string[];
  readonly any: readonly string[];
}

export interface ApprovalTerms {
  readonly count: number;
  /** `team:NAME` or `user:NAME`; empty means any person. */
  readonly from: readonly string[];
  readonly ttlMs: number;
}

/** Amounts of money are decimal strings in US dollars. A limit that is null is none. */
export interface Limits {
  readonly run: { readonly usd: string | null; readonly minutes: number | null; readonly toolCalls: number | null };
  readonly day: { readonly usd: string | null };
}

export interface Override {
  /** `o-` and six characters for one given at the command line; the rule's id for one in a file. */
  readonly id: string;
  readonly rule: string;
  /** The layer that the override speaks for: the rule must be `overridable` by it. */
  readonly layer: LayerName;
  readonly reason: string;
  /** ms since epoch; at that time and after it the override is none. */
  readonly expiresAtMs: number;
  readonly by: string;
  readonly at: string;
}

export const EVIDENCE_KINDS = ['diff', 'checks', 'transcript'] as const;
export type RequiredEvidence = (typeof EVIDENCE_KINDS)[number];

/** What one file (or the built-in floor, or a task's own terms) says. JSON-safe. */
export interface PolicyLayer {
  readonly layer: LayerName;
  readonly name: string | null;
  /** What messages call it: `.ai/policy.yaml`, `built in`, `task t-4k9x2m`. */
  readonly source: string;
  /** Commit that it was read from, or null when from a file outside version control. */
  readonly revision: string | null;
  readonly defaults: Readonly<Partial<Record<PolicyPoint, Effect>>>;
  readonly rules: readonly Rule[];
  readonly limits: Limits;
  /** Required at the point named `task.done` in files, before a task counts as done. */
  readonly evidence: readonly RequiredEvidence[];
  /** Members of each team: names of users. */
  readonly teams: Readonly<Record<string, readonly string[]>>;
  readonly overrides: readonly Override[];
}

export const NO_LIMITS: Limits = { run: { usd: null, minutes: null, toolCalls: null }, day: { usd: null } };

export const emptyLayer = (layer: LayerName, source: string): PolicyLayer => ({
  layer,
  name: null,
  source,
  revision: null,
  defaults: {},
  rules: [],
  limits: NO_LIMITS,
  evidence: [],
  teams: {},
  overrides: [],
});

/** Changed whenever the same policy and request could be decided otherwise than before. Part of every record. */
export const ENGINE = 'ai-policy/1';

/** All layers together, in the order of LAYER_NAMES. Its digest is the SHA-256 of its canonical JSON. */
export interface EffectivePolicy {
  readonly engine: string;
  readonly layers: readonly PolicyLayer[];
}
