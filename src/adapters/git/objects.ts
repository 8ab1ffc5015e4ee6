import { AiError } from '../../domain/kernel/errors.js';
import type { Context } from './context.js';
import type { QuotedPath } from './quoted-path.js';

/** What names stand for: object ids in the order asked, null where there is no such object. One process. */
export async function resolveObjects(context: Context, where: 'repository' | 'objects', names: readonly string[]): Promise<(string | null)[]> {
  const view = where === 'objects' ? await context.objects() : { cwd: context.root };
  const { stdout } = await context.git({ ...view, args: ['cat-file', '--batch-check=%(objectname)'], stdin: `${names.join('\n')}\n` });
  const answers = stdout.split('\n');
  return names.map((_, index) => {
    const answer = answers[index] ?? '';
    return /^[0-9a-f]{40,64}$/.test(answer) ? answer : null;
  });
}

/** True when everything in `ancestor` is in `descendant`. */
export async function isAncestor(context: Context, ancestor: string, descendant: string): Promise<boolean> {
  if (ancestor === descendant) return true;
  const { exitCode } = await context.git({ ...(await context.objects()), args: ['merge-base', '--is-ancestor', ancestor, descendant], answers: [0, 1] });
  return exitCode === 0;
}

export interface CommitOrder {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

const OURSELVES = { name: 'ai', email: 'ai@localhost' } as const;

/** Written with the agent as the author and the user as the committer. */
export async function writeCommit(context: Context, { tree, parents, message }: CommitOrder): Promise<string> {
  const view = await context.objects();
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  const { stdout } = await context.git({ ...view, env: { ...view.env, ...(await identity(context, message)) }, args, stdin: message.endsWith('\n') ? message : `${message}\n` });
  return stdout.trim();
}

async function identity(context: Context, message: string): Promise<Record<string, string>> {
  const config = (await context.facts())?.config;
  const author = /^AI-Agent: *([\w.-]+)$/m.exec(message)?.[1] ?? OURSELVES.name;
  return {
    GIT_AUTHOR_NAME: author,
    GIT_AUTHOR_EMAIL: OURSELVES.email,
    GIT_COMMITTER_NAME: usable(config?.get('user.name')) ?? OURSELVES.name,
    GIT_COMMITTER_EMAIL: usable(config?.get('user.email')) ?? OURSELVES.email,
  };
}

/** git refuses a name without a letter or digit. */
function usable(value: string | undefined): string | null {
  return value !== undefined && /[\p{L}\p{N}]/u.test(value) ? value : null;
}

export type Merged = { readonly kind: 'clean'; readonly tree: string } | { readonly kind: 'conflict'; readonly paths: readonly QuotedPath[] };

/** Merges two commits without any working tree. */
export async function mergeCommits(context: Context, ours: string, theirs: string): Promise<Merged> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '--allow-unrelated-histories', ours, theirs];
  const { stdout, exitCode } = await context.git({ ...(await context.objects()), args, answers: [0, 1] });
  const [tree = '', ...paths] = stdout.trimEnd().split('\n');
  if (tree === '') throw new AiError({ code: 'GIT_FAILED', message: `git merge-tree gave no tree for ${ours} and ${theirs}.` });
  return exitCode === 0 ? { kind: 'clean', tree } : { kind: 'conflict', paths };
}
