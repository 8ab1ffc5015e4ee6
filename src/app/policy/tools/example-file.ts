import { AiError, isAiError } from '../../../domain/kernel/errors.js';
import { POLICY_POINTS } from '../../../domain/policy/point.js';
import type { PolicyFiles, RuleExample } from '../../../ports/policy-files.js';

/** The rule that examples of a file of their own are read below. */
const CARRIER = 'examples';
/** Every kind of point, so that `on:` may name any; which one an example without `on:` means follows from its other words. */
const HEAD = ['policy: 1', 'rules:', `  - id: ${CARRIER}`, '    effect: ask', `    on: [${POLICY_POINTS.join(', ')}]`, '    examples:', ''];
const INDENT = '      ';

/**
 * Reads a file that is nothing but a list of examples, in the words of those inside of rules. They are read as the examples of
 * one rule, by the reader of policies, so that words, types and limits are the same. Places are those of the file itself.
 * Throws INVALID_POLICY with every mistake and its place.
 */
export async function readExampleFile(files: PolicyFiles, source: string, text: string): Promise<readonly RuleExample[]> {
  const lines = text.replace(/^\ufeff/, '').replace(/^---[ \t]*\r?\n/, '\n').split('\n');
  const carried = HEAD.join('\n') + lines.map((line) => (line.trim() === '' ? line : INDENT + line)).join('\n');
  try {
    const { examples } = await files.parse({ layer: 'project', source, revision: null, text: carried });
    return examples.map((example) => ({ ...example, at: placeInFile(example.at) }));
  } catch (error) {
    throw isAiError(error, 'INVALID_POLICY') ? relocated(error, source) : error;
  }
}

function placeInFile(at: string): string {
  const [, source = at, line = '1', column = '1'] = /^(.*):(\d+):(\d+)$/s.exec(at) ?? [];
  return `${source}:${Math.max(1, Number(line) - HEAD.length + 1)}:${Math.max(1, Number(column) - INDENT.length)}`;
}

interface Problem {
  readonly at: string;
  readonly message: string;
  readonly hint: string | null;
}

function relocated(error: AiError, source: string): AiError {
  const problems = ((error.details['problems'] ?? []) as readonly Problem[]).map((problem) => ({ ...problem, at: placeInFile(problem.at) }));
  return new AiError({
    code: 'INVALID_POLICY',
    message: problems.map(({ at, message }) => `${at}: ${message}`).join('\n'),
    hint: problems[0]?.hint ?? 'Write a list of examples: - { expect: deny, path: src/x.ts }',
    details: { ...error.details, source, problems },
  });
}

/** A list at the top is a file of examples; a policy is a map. */
export const isExampleFile = (text: string): boolean => /^(?:\ufeff)?(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n)*[ \t]*(?:-[ \t\r\n]|\[)/.test(text);
