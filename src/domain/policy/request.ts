import type { CommandReading } from './command/read-command.js';
import type { Facts } from './facts.js';
import type { RequiredEvidence } from './layer.js';
import type { PolicyPoint } from './point.js';

/** Who wants to act. Roles and labels come from the registration of the agent, never from what it says. */
export interface Subject {
  /** null for a person. */
  readonly agent: string | null;
  readonly roles: readonly string[];
  readonly labels: readonly string[];
  readonly user: string;
  readonly session: string | null;
  readonly run: string | null;
  readonly task: string | null;
}

export interface Resource {
  readonly kind: 'task' | 'path' | 'command' | 'tool' | 'url' | 'skill' | 'tree' | 'policy';
  readonly id: string;
  /** SHA-256 or git object id of what is meant, so that an approval is for exactly that; null when it has none. */
  readonly digest: string | null;
}

/** A question to policy: complete, JSON-safe, so that the same request can be decided again later. */
export interface DecisionRequest {
  readonly point: PolicyPoint;
  readonly subject: Subject;
  readonly action: { readonly name: string; readonly tool: string | null; readonly toolCall: string | null };
  readonly resource: Resource;
  /** Paths concerned, relative to the root of the repository; each is decided, the strictest counts. */
  readonly paths: readonly RequestPath[];
  /** What the command line was read as; only at `command.run`. */
  readonly command: CommandReading | null;
  readonly skills: readonly string[];
  readonly taskType: string | null;
  readonly taskLabels: readonly string[];
  readonly facts: Facts;
  /** The time of the question, ms since epoch: overrides and approvals expire by it. */
  readonly nowMs: number;
  /** Approvals at hand for exactly this action, not yet spent. */
  readonly approvals: readonly GrantedApproval[];
  /** Kinds of evidence that are at hand, where a task is to count as done. Left out: nothing is required here. */
  readonly evidence?: readonly RequiredEvidence[];
  /** What has been used so far of what a policy may limit. Left out: no limit is looked at. */
  readonly usage?: Usage;
}

/** Decimal strings in US dollars; null is unknown. */
export interface Usage {
  readonly runUsd: string | null;
  readonly runMinutes: number | null;
  readonly toolCalls: number | null;
}

export interface RequestPath {
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted' | 'type_changed' | null;
  readonly mode: 'file' | 'executable' | 'symlink' | 'submodule' | null;
}

export interface GrantedApproval {
  readonly id: string;
  /** Digest of action, resource, arguments, policy and rules (approval.ts). */
  readonly actionDigest: string;
  readonly by: readonly string[];
  readonly expiresAtMs: number;
}
