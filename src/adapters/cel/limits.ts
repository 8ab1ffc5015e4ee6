/** Of one expression. Each is checked when it is compiled, before anything is evaluated. */
export const EXPRESSION_LIMITS = {
  characters: 2_048,
  nodes: 256,
  /** Of parentheses, calls, indexes and operators within operators; a chain of one operator (`a || b || c`) counts once. */
  depth: 24,
  listItems: 128,
} as const;

/**
 * Work of one evaluation: a touched fact costs one step, a list one for each item, times the nodes of the
 * expression when it has a macro. Keeps the time of one evaluation far below a millisecond in ordinary use, and bounded always.
 */
export const EVALUATION_STEPS = 10_000;

/** `matchesGlob` refuses longer texts: no path of a repository has them. */
export const GLOB_TEXT_CHARACTERS = 4_096;
