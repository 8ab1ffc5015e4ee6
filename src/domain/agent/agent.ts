import type { AgentId } from '../kernel/ids.js';

/** What a person registers: a name, the connector that speaks to it, and how it may be used. */
export interface AgentSpec {
  readonly id: AgentId;
  readonly connector: string;
  readonly role: string | null;
  readonly model: string | null;
  readonly labels: readonly string[];
  readonly capabilities: readonly string[];
  /** Most runs at the same time. */
  readonly concurrency: number;
  /** Argument vector, for connectors that take one; never passed through a shell. */
  readonly argv: readonly string[];
  /** Names of variables of the parent environment that this agent may see. Values are never stored. */
  readonly env: readonly string[];
}

export interface Agent extends AgentSpec {
  readonly enabled: boolean;
  /** Set when `ai` paused it by itself, for example after refused credentials. */
  readonly pausedReason: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
