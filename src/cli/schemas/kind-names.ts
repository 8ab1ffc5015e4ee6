/**
 * The kinds of the working nouns by name, so that they can be listed without loading a schema.
 * A bare noun is the schema of the thing itself; `event` and `run.event` are lines of a stream.
 */
export const TASK_KINDS = [
  'task',
  'run',
  'run.event',
  'task.create',
  'task.import',
  'task.list',
  'task.show',
  'task.edit',
  'task.delete',
  'task.cancel',
  'task.retry',
  'task.pause',
  'task.resume',
  'task.skip',
  'task.block',
  'task.unblock',
  'task.claim',
  'task.heartbeat',
  'task.start',
  'task.progress',
  'task.complete',
  'task.fail',
  'task.release',
  'task.why',
  'task.timeline',
  'task.graph',
  'task.plan',
  'task.execute',
  'task.detached',
  'task.logs',
  'task.diff',
  'task.evidence',
  'task.watch',
  'task.merge',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export const SUBTASK_KINDS = ['subtask', 'subtask.add', 'subtask.list', 'subtask.complete', 'subtask.delete'] as const;
export type SubtaskKind = (typeof SUBTASK_KINDS)[number];

export const AGENT_KINDS = [
  'agent',
  'agent.register',
  'agent.update',
  'agent.label',
  'agent.enable',
  'agent.disable',
  'agent.remove',
  'agent.list',
  'agent.show',
  'agent.detect',
  'agent.test',
] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

export const AUDIT_KINDS = ['event', 'events.list', 'audit.log', 'audit.verify', 'audit.verify-bundle', 'audit.anchor', 'audit.export', 'audit.notes', 'audit.key'] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

export const POLICY_KINDS = [
  'policy.init',
  'policy.validate',
  'policy.show',
  'policy.match',
  'policy.explain',
  'policy.test',
  'policy.conflicts',
  'policy.diff',
  'policy.impact',
  'policy.schema',
  'policy.check',
  'policy.override.add',
  'policy.override.list',
  'policy.override.revoke',
  'pdr',
  'pdr.list',
  'pdr.show',
  'pdr.explain',
  'pdr.replay',
  'pdr.replay-all',
  'approval',
  'approval.list',
  'approval.show',
  'approval.approve',
  'approval.deny',
] as const;
export const HOOKS_KINDS = ['hooks.install', 'hooks.uninstall', 'hooks.status'] as const;
export type HooksKind = (typeof HOOKS_KINDS)[number];

export type PolicyKind = (typeof POLICY_KINDS)[number];
