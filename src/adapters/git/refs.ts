import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { gitFailure } from './git-failure.js';
import type { Git } from './git.js';
import { outputLines } from './byte-path.js';

export interface RefUpdate {
  readonly ref: string;
  /** null deletes. */
  readonly to: string | null;
  /** What it has to be now; '' means that it must not exist; undefined means anything. */
  readonly from?: string | undefined;
}

/** Resolves any number of names (`refs/heads/x^{tree}`, ids) in one process; null for what does not exist. */
export async function resolveAll<const Names extends readonly string[]>(git: Git, names: Names): Promise<{ readonly [K in keyof Names]: string | null }> {
  const output = await git.output(['cat-file', '--batch-check=%(objectname)'], { stdin: names.map((name) => `${isOneLine(name) ? name : ''}\n`).join('') });
  const lines = outputLines(output);
  const resolved = names.map((_, position) => (/^[0-9a-f]{40,64}$/.test(lines[position] ?? '') ? (lines[position] ?? null) : null));
  return resolved as { readonly [K in keyof Names]: string | null };
}

/** The ref that the main working tree is on, or the commit when it is on none. */
export function readHead(gitCommonDir: string): string {
  return readFileSync(path.join(gitCommonDir, 'HEAD'), 'utf8').trim().replace(/^ref: /, '');
}

/** A name with a line break would be two questions. */
function isOneLine(name: string): boolean {
  return !/[\0\n]/.test(name);
}

/**
 * All or nothing. A ref that an agent turned into a symbolic one is replaced, never followed: otherwise updating the
 * branch of a task could move the user's. Answers false when a `from` did not hold. Throws GIT_FAILED.
 */
export async function updateRefs(git: Git, updates: readonly RefUpdate[], message: string): Promise<boolean> {
  if (updates.length === 0) return true;
  const args = ['update-ref', '-m', message, '--stdin'];
  const result = await git.attempt(args, { stdin: updates.map(refCommand).join('') });
  if (result.exitCode === 0) return true;
  if (/is at [0-9a-f]+ but expected|unable to resolve reference|reference already exists|reference is missing/.test(result.stderr)) return false;
  throw nameTaken(result.stderr) ?? gitFailure(args, result);
}

/** Git keeps branches as files: `ai` and `ai/t-4k9x2m` can't both be. */
function nameTaken(stderr: string): AiError | null {
  const [, taken, wanted] = /'(refs\/[^']+)' exists; cannot create '(refs\/[^']+)'/.exec(stderr) ?? [];
  if (taken === undefined || wanted === undefined) return null;
  const branch = taken.replace('refs/heads/', '');
  return new AiError({ code: 'WORKSPACE_FAILED', message: `${wanted} can't be made, because ${taken} exists and git can't have both.`, hint: `git branch -m ${branch} ${branch.replaceAll('/', '-')}-renamed`, details: { taken, wanted } });
}

const NO_OBJECT = '0'.repeat(40);

function refCommand({ ref, to, from }: RefUpdate): string {
  const expected = from === undefined ? '' : ` ${from === '' ? NO_OBJECT.padEnd((to ?? '').length, '0') : from}`;
  return `option no-deref\n${to === null ? `delete ${ref}` : `update ${ref} ${to}`}${expected}\n`;
}

/** Of the given commits those that are in the history of `tip`. All of them must exist. One process. */
export async function ancestorsOf(git: Git, tip: string, commits: readonly string[]): Promise<ReadonlySet<string>> {
  const others = commits.filter((commit) => commit !== tip);
  if (others.length === 0) return new Set(commits);
  const missing = new Set(outputLines(await git.output(['rev-list', '--stdin'], { stdin: `${[...others, `^${tip}`].join('\n')}\n` })));
  return new Set(commits.filter((commit) => !missing.has(commit)));
}

export async function isAncestor(git: Git, ancestor: string, commit: string): Promise<boolean> {
  if (ancestor === commit) return true;
  const args = ['merge-base', '--is-ancestor', ancestor, commit];
  const result = await git.attempt(args);
  if (result.exitCode !== 0 && result.exitCode !== 1) throw gitFailure(args, result);
  return result.exitCode === 0;
}

/** Names of refs below `prefix` that point at exactly this object. */
export async function refsAt(git: Git, object: string, prefix: string): Promise<readonly string[]> {
  return outputLines(await git.output(['for-each-ref', '--format=%(refname)', `--points-at=${object}`, prefix]));
}
