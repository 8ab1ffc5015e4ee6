import type { Agent, AgentSpec } from '../domain/agent/agent.js';
import type { AgentId } from '../domain/kernel/ids.js';

export type AgentEdit = Partial<Omit<AgentSpec, 'id'>> & { readonly enabled?: boolean; readonly pausedReason?: string | null };

/** Registered agents. */
export interface AgentStore {
  /** Throws ALREADY_EXISTS. */
  registerAgent(spec: AgentSpec): Promise<Agent>;
  /** Throws AGENT_NOT_FOUND. */
  getAgent(id: AgentId): Promise<Agent>;
  listAgents(): Promise<readonly Agent[]>;
  /** Throws AGENT_NOT_FOUND. */
  updateAgent(id: AgentId, edit: AgentEdit): Promise<Agent>;
  /** Throws AGENT_NOT_FOUND, ILLEGAL_TRANSITION while it has live runs. */
  removeAgent(id: AgentId): Promise<void>;
}
