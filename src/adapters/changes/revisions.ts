import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { ReadGit } from './git.js';

const MAX_REVISION_CHARACTERS = 512;

/** Throws INVALID_INPUT for what would not be taken as one name of a commit: an option, several words, a range. */
export function checkRevision(name: string): string {
  const problem = problemOf(name);
  if (problem === null) return name;
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(name)} can't name a commit: ${problem}.`, hint: 'Give a branch, a tag or a commit id, for example --base origin/main.', details: { revision: name } });
}

function problemOf(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.length > MAX_REVISION_CHARACTERS) return `it has more than ${MAX_REVISION_CHARACTERS} characters`;
  if (name.startsWith('-')) return 'it begins with "-"';
  if (name.includes('..')) return 'it is a range; the check makes the range itself';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0020\u007f\ufffd]|\p{Surrogate}/u.test(name) ? 'it holds a space or a control character' : null;
}

/** Commit ids in the order asked, null for what is no commit here. Names reach git on stdin only, never as arguments. */
export async function resolveCommits(git: ReadGit, names: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<(string | null)[]> {
  const { stdout } = await git({ args: ['cat-file', '--batch-check=%(objectname)'], env, stdin: names.map((name) => `${name}^{commit}\n`).join('') });
  const answers = stdout.split('\n');
  return names.map((_, index) => {
    const answer = answers[index] ?? '';
    return /^[0-9a-f]{40,64}$/.test(answer) ? answer : null;
  });
}

/** Both ends of a range. Throws INVALID_INPUT when one is no commit here, or when they share no history. */
export async function resolveRange(git: ReadGit, base: string, head: string): Promise<{ readonly base: string; readonly head: string }> {
  const [from = null, to = null] = await resolveCommits(git, [checkRevision(base), checkRevision(head)]);
  if (from === null) throw unknown(base);
  if (to === null) throw unknown(head);
  const { stdout } = await git({ args: ['merge-base', from, to], answers: [0, 1] });
  const shared = stdout.trim();
  if (shared === '') throw await unrelated(git, base, head);
  return { base: shared, head: to };
}

function unknown(name: string): AiError {
  return new AiError({ code: 'INVALID_INPUT', message: `There is no commit ${quote(name)} in this repository, so there is nothing to check against.`, hint: 'git fetch origin, then name it as origin/BRANCH', details: { revision: name } });
}

async function unrelated(git: ReadGit, base: string, head: string): Promise<AiError> {
  const { stdout } = await git({ args: ['rev-parse', '--is-shallow-repository'] });
  const shallow = stdout.trim() === 'true';
  const why = shallow ? 'this clone is shallow, and the commit where they parted is not in it' : 'they share no history';
  return new AiError({ code: 'INVALID_INPUT', message: `${quote(base)} and ${quote(head)} have no commit in common: ${why}.`, hint: shallow ? 'git fetch --unshallow   (in GitHub Actions: fetch-depth: 0)' : 'Name the branch that the work started from.', details: { base, head } });
}
