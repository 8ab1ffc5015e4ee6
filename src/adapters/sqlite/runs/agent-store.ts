import type { Agent, AgentSpec } from '../../../domain/agent/agent.js';
import { AiError } from '../../../domain/kernel/errors.js';
import type { AgentId } from '../../../domain/kernel/ids.js';
import type { AgentEdit, AgentStore } from '../../../ports/agent-store.js';
import { liveRunsOf } from '../claims/grant.js';
import type { Connection, Transaction } from '../database/connection.js';
import type { Query, SqlReader } from '../database/statements.js';
import { withoutUndefined } from '../database/without-undefined.js';
import { textList } from '../tasks/task-rows.js';

interface AgentRow {
  readonly id: string;
  readonly connector: string;
  readonly role: string | null;
  readonly model: string | null;
  readonly labels: string;
  readonly capabilities: string;
  readonly concurrency: number;
  readonly argv: string;
  readonly env: string;
  readonly enabled: number;
  readonly paused_reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

type AgentParams = [
  id: string, connector: string, role: string | null, model: string | null, labels: string, capabilities: string, concurrency: number,
  argv: string, env: string, enabled: number, pausedReason: string | null, createdAt: number, updatedAt: number,
];

const SELECT_AGENT = 'SELECT id, connector, role, model, labels, capabilities, concurrency, argv, env, enabled, paused_reason, created_at, updated_at FROM agent';
const agentById: Query<[id: string], AgentRow> = { sql: `${SELECT_AGENT} WHERE id = ?` };
const allAgents: Query<[], AgentRow> = { sql: `${SELECT_AGENT} ORDER BY id` };
const deleteAgent: Query<[id: string]> = { sql: 'DELETE FROM agent WHERE id = ?' };
const writeAgent: Query<AgentParams> = {
  sql: `INSERT INTO agent(id, connector, role, model, labels, capabilities, concurrency, argv, env, enabled, paused_reason, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET connector = excluded.connector, role = excluded.role, model = excluded.model, labels = excluded.labels,
      capabilities = excluded.capabilities, concurrency = excluded.concurrency, argv = excluded.argv, env = excluded.env,
      enabled = excluded.enabled, paused_reason = excluded.paused_reason, updated_at = excluded.updated_at`,
};

export function agentStore(connection: Connection): AgentStore {
  return {
    registerAgent: async (spec) => connection.write('agent', (transaction) => register(transaction, spec)),
    getAgent: async (id) => connection.read((sql) => getAgent(sql, id)),
    listAgents: async () => connection.read((sql) => sql.all(allAgents).map(toAgent)),
    updateAgent: async (id, edit) => connection.write('agent', (transaction) => update(transaction, id, edit)),
    removeAgent: async (id) => connection.write('agent', (transaction) => remove(transaction, id)),
  };
}

function register(transaction: Transaction, spec: AgentSpec): Agent {
  if (transaction.get(agentById, spec.id) !== undefined) {
    throw new AiError({ code: 'ALREADY_EXISTS', message: `An agent ${spec.id} is registered already.`, hint: `ai agent update ${spec.id}`, details: { agent: spec.id } });
  }
  const nowMs = transaction.now.wallMs;
  const agent: Agent = { ...spec, enabled: true, pausedReason: null, createdAtMs: nowMs, updatedAtMs: nowMs };
  store(transaction, agent);
  announce(transaction, 'agent.registered', { ...spec });
  return getAgent(transaction, spec.id);
}

function update(transaction: Transaction, id: AgentId, edit: AgentEdit): Agent {
  const given = withoutUndefined(edit);
  store(transaction, { ...getAgent(transaction, id), ...given, id, updatedAtMs: transaction.now.wallMs });
  announce(transaction, 'agent.updated', { id, edit: given });
  return getAgent(transaction, id);
}

function remove(transaction: Transaction, id: AgentId): void {
  getAgent(transaction, id);
  const live = liveRunsOf(transaction, id);
  if (live > 0) {
    throw new AiError({ code: 'ILLEGAL_TRANSITION', message: `Agent ${id} has ${live} live run(s) and can't be removed now.`, hint: `Let them end, or stop new ones first: ai agent disable ${id}`, details: { agent: id, liveRuns: live } });
  }
  transaction.run(deleteAgent, id);
  announce(transaction, 'agent.removed', { id });
}

function announce(transaction: Transaction, type: string, data: Readonly<Record<string, unknown>>): void {
  transaction.append({ type, task: null, run: null, token: null, data });
}

function store(transaction: Transaction, agent: Agent): void {
  const { id, connector, role, model, concurrency } = agent;
  transaction.run(
    writeAgent,
    ...([id, connector, role, model, JSON.stringify(agent.labels), JSON.stringify(agent.capabilities), concurrency] as const),
    ...([JSON.stringify(agent.argv), JSON.stringify(agent.env), agent.enabled ? 1 : 0, agent.pausedReason, agent.createdAtMs, agent.updatedAtMs] as const),
  );
}

function getAgent(sql: SqlReader, id: string): Agent {
  const row = sql.get(agentById, id);
  if (row === undefined) throw new AiError({ code: 'AGENT_NOT_FOUND', message: `There is no agent ${id}.`, hint: 'ai agent list', details: { agent: id } });
  return toAgent(row);
}

function toAgent(row: AgentRow): Agent {
  return {
    id: row.id as AgentId,
    connector: row.connector,
    role: row.role,
    model: row.model,
    labels: textList(row.labels),
    capabilities: textList(row.capabilities),
    concurrency: row.concurrency,
    argv: textList(row.argv),
    env: textList(row.env),
    enabled: row.enabled === 1,
    pausedReason: row.paused_reason,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
