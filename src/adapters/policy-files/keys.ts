/** Every key that a policy may have. The published schema and the reader both go by these lists. */
export const FILE_KEYS = ['policy', 'name', 'sets', 'teams', 'defaults', 'rules', 'override', 'limits', 'evidence'] as const;
export const RULE_KEYS = ['id', 'effect', 'on', 'agents', 'roles', 'labels', 'paths', 'except', 'command', 'skills', 'tasks', 'when', 'approval', 'why', 'locked', 'overridable', 'examples'] as const;
export const COMMAND_KEYS = ['starts', 'any'] as const;
export const APPROVAL_KEYS = ['count', 'from', 'ttl'] as const;
export const OVERRIDE_KEYS = ['rule', 'reason', 'expires'] as const;
export const LIMITS_KEYS = ['run', 'day'] as const;
export const RUN_LIMIT_KEYS = ['usd', 'minutes', 'tool_calls'] as const;
export const DAY_LIMIT_KEYS = ['usd'] as const;
/** `task.done` is when a task counts as done, which is what people call it; the point is task.complete. */
export const EVIDENCE_KEYS = ['task.done'] as const;

/** The layers that a file can be, from the widest to the narrowest. */
export const FILE_LAYERS = ['global', 'project', 'agent', 'task'] as const;
export type FileLayer = (typeof FILE_LAYERS)[number];

/** What an example may say besides `expect` and the facts. */
export const EXAMPLE_WORDS = {
  /** The point, when the rule has several; the first one without it. */
  on: 'string',
  agent: 'string',
  roles: 'list<string>',
  labels: 'list<string>',
  command: 'string',
  skill: 'string',
} as const;
