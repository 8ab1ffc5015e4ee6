/** Of one policy file. */
export const POLICY_FILE_LIMITS = {
  bytes: 256 * 1024,
  lines: 10_000,
  lineCharacters: 8_192,
  tokens: 100_000,
  /** Of collections within collections. */
  depth: 16,
  rules: 1_000,
  sets: 256,
  teams: 256,
  overrides: 256,
  /** Items of one list. */
  items: 256,
  /** Of all rules together, after sets are put in. */
  patterns: 20_000,
  examples: 64,
  words: 64,
  whyCharacters: 1_000,
  nameCharacters: 100,
  approvers: 16,
} as const;

/** An override lasts a year at most. */
export const OVERRIDE_MAX_MS = 366 * 86_400_000;
