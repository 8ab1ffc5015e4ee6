import type { Git } from './git.js';
import type { UserSettings } from './user-settings.js';

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** Who commits when the user has not told git who they are, and who makes what no agent wrote. */
export const NEUTRAL: Person = { name: 'ai', email: 'ai@localhost' };

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author?: Person;
  /** As git prints raw dates: seconds since the epoch and offset. Now by default. */
  readonly authorDate?: string | null;
}

/** Writes a commit object; no ref is moved. */
export async function commitTree(git: Git, commit: NewCommit): Promise<string> {
  const { name, email } = commit.author ?? NEUTRAL;
  const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, ...(commit.authorDate == null ? {} : { GIT_AUTHOR_DATE: `@${commit.authorDate}` }) };
  const stdin = commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`;
  const output = await git.output(['commit-tree', ...commit.parents.flatMap((parent) => ['-p', parent]), commit.tree], { stdin, env });
  return output.trim();
}

/** The committer of everything that we commit, for the environment of git. */
export function committerEnvironment(settings: Pick<UserSettings, 'identity'>): Record<string, string> {
  const { name, email } = settings.identity ?? NEUTRAL;
  return { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

/** The agent that the trailer `AI-Agent` of a message names is the author of the work. */
export function authorOf(message: string): Person {
  const agent = [...message.matchAll(/^AI-Agent: *([a-z0-9][a-z0-9._-]{0,62}) *$/gm)].at(-1)?.[1];
  return agent === undefined ? NEUTRAL : { name: agent, email: `${agent}@localhost` };
}
