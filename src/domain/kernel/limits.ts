/** Named limits of user input. Every one of them is checked where the input enters. */
export const LIMITS = {
  titleCharacters: 500,
  descriptionBytes: 256 * 1024,
  reasonCharacters: 4_000,
  noteCharacters: 1_000,
  labelCharacters: 64,
  labelsPerTask: 64,
  locksPerTask: 256,
  /** After brace expansion: each is compared with each of another task inside one claim. */
  lockAlternativesPerTask: 1_024,
  dependenciesPerTask: 10_000,
  verifyCommandsPerTask: 32,
  commandCharacters: 8_192,
  subtasksPerTask: 1_000,
  importEntries: 50_000,
  importBytes: 64 * 1024 * 1024,
  idempotencyKeyCharacters: 200,
  resultBytes: 256 * 1024,
  maxAttempts: 100,
  agentArgv: 256,
  listPage: 1_000,
} as const;
