import { AiError } from '../../domain/kernel/errors.js';

/** What is wrong with a policy file, or looks like a mistake. */
export interface PolicyProblem {
  /** `file:line:column`, both from 1. */
  readonly at: string;
  readonly message: string;
  readonly hint: string | null;
}

const SHOWN_PROBLEMS = 5;
/** A file with more than this many mistakes is something else than a policy. */
export const PROBLEMS_LIMIT = 200;

/** INVALID_POLICY with the first problems in the message and all of them in `details.problems`. */
export function invalidPolicy(source: string, problems: readonly PolicyProblem[]): AiError {
  const [first] = problems;
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ at, message }) => `${at}: ${message}`);
  const more = problems.length > shown.length ? [`... and ${problems.length - shown.length} more`] : [];
  return new AiError({
    code: 'INVALID_POLICY',
    message: [...shown, ...more].join('\n'),
    hint: first?.hint ?? `Correct ${source}.`,
    details: { source, problems: problems.slice(0, PROBLEMS_LIMIT), count: problems.length },
  });
}
