import { AiError } from '../../domain/kernel/errors.js';
import type { CommitFacts } from '../../ports/change-source.js';
import type { ReadGit } from './git.js';

/** Each is looked at on its own; nobody reviews more in one go. */
const MAX_COMMITS = 10_000;
const FIELDS = 6;

/** ChangeSource.commits. Both names are full ids. Throws INVALID_INPUT beyond MAX_COMMITS. */
export async function listCommits(git: ReadGit, base: string, head: string): Promise<CommitFacts[]> {
  const args = ['rev-list', '--reverse', '--topo-order', '--no-commit-header', `--max-count=${MAX_COMMITS + 1}`, '--encoding=UTF-8', '--format=tformat:%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B%x00', head, `^${base}`, '--'];
  const { stdout } = await git({ args });
  const fields = stdout.split('\0');
  const commits: CommitFacts[] = [];
  for (let index = 0; index + FIELDS <= fields.length; index += FIELDS) commits.push(readCommit(fields.slice(index, index + FIELDS)));
  if (commits.length > MAX_COMMITS) throw new AiError({ code: 'INVALID_INPUT', message: `The range has more than ${MAX_COMMITS} commits, too many to look at the evidence of each.`, hint: 'Name a base that is nearer, for example the last release.' });
  return commits;
}

function readCommit([id = '', authorName = '', authorEmail = '', committerName = '', committerEmail = '', message = '']: readonly string[]): CommitFacts {
  return { id: id.trim(), author: { name: authorName, email: authorEmail }, committer: { name: committerName, email: committerEmail }, message };
}
