/** Why a run or an attempt went wrong, in the words of the recovery table. */
export const ERROR_CLASSES = [
  'rate_limit',
  'overloaded',
  'auth',
  'quota',
  'context_too_long',
  'timeout',
  'stall',
  'network',
  'permission',
  'tool_missing',
  'invalid_output',
  'agent_crash',
  'verification',
  'write_outside_scope',
  'policy',
  'budget',
  'unknown',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];
