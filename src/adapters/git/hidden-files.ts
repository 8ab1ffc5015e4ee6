import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { outputLines, parseGitPath, pathFromText, pathToText, quoteGitPath, type BytePath } from './byte-path.js';
import { gitFailure } from './git-failure.js';
import type { Git } from './git.js';
import { parseStage, type IndexEntry } from './tree-changes.js';

const REGULAR_FILES = new Set(['100644', '100755']);
const SUBMODULE = '160000';
const NO_OBJECT = '0'.repeat(40);

export interface RuleOrder extends WorkTreeCall {
  /** An index of the base, ours to change; removed by us. */
  readonly indexFile: string;
  readonly excludeFile: string;
}

/**
 * Untracked files by the ignore rules of the base alone. What an agent wrote into a `.gitignore`, or a new one that
 * hides itself, changes nothing here. Git reads a per-directory ignore file from the index when the working tree has
 * none and the entry is marked skip-worktree; so the base's rules are entered under a name that nobody else knows.
 * A submodule that was not checked out counts as a plain folder, in which something could be hidden.
 */
export async function untrackedByBaseRules(order: RuleOrder): Promise<readonly BytePath[]> {
  try {
    const rulesFile = await enterRules(order);
    const perDirectory = rulesFile === null ? [] : [`--exclude-per-directory=${rulesFile}`];
    return await listUntracked(order, [...perDirectory, `--exclude-from=${order.excludeFile}`]);
  } finally {
    await rm(order.indexFile, { force: true });
  }
}

/** Paths as git lists them: a repository inside of the working tree is one path that ends with a slash. */
export async function listUntracked(call: WorkTreeCall, rules: readonly string[]): Promise<readonly BytePath[]> {
  const output = await readWorkTree(call, ['ls-files', '--others', ...rules]);
  return outputLines(output).map(parseGitPath);
}

/** A folder or file that even its owner may not read would be passed over with a warning. */
export class UnreadableFiles extends Error {}

export interface WorkTreeCall {
  readonly git: Git;
  readonly workTree: string;
  readonly indexFile: string;
}

/** A call that reads files of the working tree. Throws UnreadableFiles. */
export async function readWorkTree({ git, workTree, indexFile }: WorkTreeCall, args: readonly string[], stdin?: string): Promise<string> {
  const result = await git.attempt(args, { workTree, indexFile, ...(stdin === undefined ? {} : { stdin }) });
  if (/permission denied/i.test(result.stderr)) throw new UnreadableFiles(result.stderr.trim().slice(0, 300));
  if (result.exitCode !== 0) throw gitFailure(args, result);
  return result.stdout;
}

async function enterRules(order: RuleOrder): Promise<string | null> {
  const { git, workTree, indexFile } = order;
  const call = { workTree, indexFile };
  const entries = parseStage(await git.output(['ls-files', '--stage', '--', ':(glob)**/.gitignore', '.gitmodules'], call));
  const ignoreFiles = entries.filter((entry) => REGULAR_FILES.has(entry.mode) && entry.path.endsWith('.gitignore'));
  const hasSubmodules = entries.some((entry) => entry.path === '.gitmodules');
  const submodules = hasSubmodules ? parseStage(await git.output(['ls-files', '--stage'], call)).filter((entry) => entry.mode === SUBMODULE) : [];
  if (submodules.length > 0) await git.output(['update-index', '--index-info'], { ...call, stdin: submodules.map((entry) => `0 ${NO_OBJECT}\t${quoteGitPath(entry.path)}\n`).join('') });
  const suffix = `.of-base-${randomBytes(8).toString('hex')}`;
  for (let first = 0; first < ignoreFiles.length; first += ENTRIES_PER_CALL) {
    await git.output(['update-index', '--add', ...ruleArguments(ignoreFiles.slice(first, first + ENTRIES_PER_CALL), suffix)], call);
  }
  return ignoreFiles.length === 0 ? null : `.gitignore${suffix}`;
}

/** Systems limit the length of all arguments together. */
const ENTRIES_PER_CALL = 200;

/** A folder whose name is not UTF-8 can't be named here: its rules don't count, so that more is seen, not less. */
function ruleArguments(entries: readonly IndexEntry[], suffix: string): readonly string[] {
  const named = entries.filter((entry) => isLossless(entry.path)).map((entry) => ({ ...entry, name: `${pathToText(entry.path)}${suffix}` }));
  return [...named.flatMap(({ mode, object, name }) => ['--cacheinfo', `${mode},${object},${name}`]), '--skip-worktree', ...named.map(({ name }) => name)];
}

const MAX_HIDDEN_PATHS = 1_000;

/** For the report: every path, or when there are too many, the folders at the top that they are in. */
export function summariseHidden(paths: readonly BytePath[]): readonly string[] {
  const texts = paths.map((path) => pathToText(path.endsWith('/') ? (path.slice(0, -1) as BytePath) : path)).sort();
  if (texts.length <= MAX_HIDDEN_PATHS) return texts;
  return [...new Set(texts.map((text) => text.split('/', 1)[0] ?? text))].slice(0, MAX_HIDDEN_PATHS);
}

/** True when the text names the same file again: not when bytes were lost because they are not UTF-8. */
export function isLossless(path: BytePath): boolean {
  return pathFromText(pathToText(path)) === path;
}
