import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { findRepository } from './find-repository.js';
import type { RunGit } from './run-git.js';

/** What every operation needs to know about the repository; asked once. */
export interface Facts {
  readonly root: string;
  readonly gitCommonDir: string;
  readonly objectFolder: string;
  /** Values of the user's configuration by lower-case key. Data only: nothing in it is ever run. */
  readonly config: ReadonlyMap<string, string>;
}

/** Names for commits, how files are stored, and which of the user's files are ignored everywhere. */
const WANTED = '^(user\\.(name|email)|extensions\\.(objectformat|refstorage)|core\\.(ignorecase|precomposeunicode|autocrlf|eol|excludesfile))$';

/** Null without a repository. Throws BARE_REPOSITORY, GIT_MISSING. */
export async function readFacts(git: RunGit, root: string): Promise<Facts | null> {
  const found = findRepository(root);
  if (found === null) return null;
  if (found.bare) throw bare(root);
  const { stdout } = await git({ cwd: root, args: ['config', '--null', '--get-regexp', WANTED], answers: [0, 1] });
  return { root, gitCommonDir: found.gitCommonDir, objectFolder: path.join(found.gitCommonDir, 'objects'), config: parseConfig(stdout) };
}

function bare(root: string): AiError {
  return new AiError({
    code: 'BARE_REPOSITORY',
    message: `${root} is a bare repository: it has no working tree to work in.`,
    hint: 'git clone it, or git worktree add a folder, and call ai there.',
    details: { root },
  });
}

/** Bytes of an object id; repositories without facts are our own. */
export function objectIdBytes(facts: Pick<Facts, 'config'> | null): number {
  return facts?.config.get('extensions.objectformat') === 'sha256' ? 32 : 20;
}

/** Entries are `key LF value NUL`; a key without a value means true. Later entries win, as in git. */
function parseConfig(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const entry of text.split('\0').slice(0, -1)) {
    const end = entry.indexOf('\n');
    if (end === -1) values.set(entry, 'true');
    else values.set(entry.slice(0, end), entry.slice(end + 1));
  }
  return values;
}
