/** Where policy is asked. A rule names one or more of them in `on`. */
export const POLICY_POINTS = [
  'task.create',
  'task.claim',
  'task.execute',
  'tool.use',
  'path.read',
  'path.write',
  'command.run',
  'network.use',
  'skill.run',
  'task.complete',
  'task.merge',
  'commit',
  'policy.change',
] as const;
export type PolicyPoint = (typeof POLICY_POINTS)[number];

/** Points whose requests are about paths: the only ones at which `paths` and `except` say anything. */
export const PATH_POINTS: ReadonlySet<PolicyPoint> = new Set(['path.read', 'path.write', 'commit', 'policy.change', 'task.create', 'task.claim', 'task.execute', 'task.complete', 'task.merge']);
