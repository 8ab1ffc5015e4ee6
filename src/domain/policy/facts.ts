/**
 * Everything that `when:` may speak of, with its type. Closed: a name that is not here is an error when the policy is
 * loaded. A fact that the point does not have (the path of a claim) is absent: reading it is an evaluation error,
 * which counts as a match for a deny or an ask, and as none for an allow; `has(change.kind)` asks first.
 */
export const FACT_TYPES = {
  'agent.id': 'string',
  'agent.role': 'string',
  'agent.model': 'string',
  'agent.labels': 'list<string>',
  'user.name': 'string',
  'task.id': 'string',
  'task.title': 'string',
  'task.type': 'string',
  'task.priority': 'string',
  'task.labels': 'list<string>',
  /** From the label `risk:low`, `risk:medium` or `risk:high`; `unknown` without one. */
  'task.risk': 'string',
  'task.attempt': 'int',
  'task.locks': 'list<string>',
  'task.budgetUsd': 'double',
  'run.id': 'string',
  /** No person watches: started by the daemon or by `ai run` without a terminal. */
  'run.unattended': 'bool',
  'run.minutes': 'double',
  'run.costUsd': 'double',
  'run.toolCalls': 'int',
  'run.verified': 'bool',
  'cost.dayUsd': 'double',
  path: 'string',
  /** added, modified, deleted or type_changed. */
  'change.kind': 'string',
  /** file, executable, symlink or submodule. */
  'change.mode': 'string',
  'change.count': 'int',
  'command.text': 'string',
  'command.words': 'list<string>',
  'tool.name': 'string',
  'network.host': 'string',
  'skill.name': 'string',
  'branch.name': 'string',
  'branch.target': 'string',
  'now.hour': 'int',
  /** 1 is Monday, 7 is Sunday. UTC, like the hour. */
  'now.weekday': 'int',
} as const satisfies Readonly<Record<string, FactType>>;

export type FactType = 'string' | 'bool' | 'int' | 'double' | 'list<string>';
export type FactName = keyof typeof FACT_TYPES;
export type FactValue = string | boolean | number | readonly string[];
export type Facts = Readonly<Partial<Record<FactName, FactValue>>>;
