import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProcesses } from '../../src/adapters/process/processes.js';
import { createWorkspaces } from '../../src/adapters/worktrees/workspaces.js';
import type { FencingToken, RunId, TaskId } from '../../src/domain/kernel/ids.js';
import type { CommandOrder } from '../../src/ports/processes.js';
import type { WorkspaceOrder, Workspaces } from '../../src/ports/workspaces.js';

/** Files by path; a null removes. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** A real repository (or plain folder) in a temporary folder of its own, with a home of its own. */
export interface TemporaryRepository {
  /** Everything lies below it. */
  readonly folder: string;
  readonly root: string;
  readonly aiFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workspaces: Workspaces;
  /** Another instance, as another process would have. */
  readonly reopen: () => Workspaces;
  /** The git commands that were run through `workspaces`, newest last. */
  readonly commands: CommandOrder[];
  readonly git: (...args: string[]) => string;
  readonly gitIn: (folder: string, ...args: string[]) => string;
  readonly write: (files: Files, folder?: string) => void;
  /** Writes the files, commits them on the current branch and answers the commit. */
  readonly commit: (files: Files, message?: string) => string;
  readonly close: () => void;
}

export interface RepositoryOptions {
  /** `none`: a plain folder; `empty`: a repository without a commit. */
  readonly kind?: 'git' | 'empty' | 'none';
  readonly name?: string;
  readonly files?: Files;
  readonly initArgs?: readonly string[];
}

export function temporaryRepository(options: RepositoryOptions = {}): TemporaryRepository {
  // Resolved, because git answers with real paths and some systems link their temporary folder.
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-git-')));
  const root = path.join(folder, options.name ?? 'project');
  const home = path.join(folder, 'home');
  mkdirSync(root, { recursive: true });
  mkdirSync(home);
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8' };
  const userEnvironment = { ...environment, GIT_AUTHOR_NAME: 'User', GIT_AUTHOR_EMAIL: 'user@example.test', GIT_COMMITTER_NAME: 'User', GIT_COMMITTER_EMAIL: 'user@example.test', GIT_CONFIG_NOSYSTEM: '1' };
  const gitIn = (where: string, ...args: string[]): string => execFileSync('git', args, { cwd: where, env: userEnvironment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const write = (files: Files, where = root): void => writeFiles(where, files);
  const commands: CommandOrder[] = [];
  const processes = createProcesses();
  const open = (): Workspaces => createWorkspaces({ root, aiFolder: path.join(root, '.ai'), environment, run: (order) => { commands.push(order); return processes.run(order); } });
  if (options.kind !== 'none') gitIn(root, 'init', '--quiet', '--initial-branch=main', ...(options.initArgs ?? []));
  const commit = (files: Files, message = 'A change'): string => {
    write(files);
    gitIn(root, 'add', '--all', '--', ...Object.keys(files));
    gitIn(root, 'commit', '--quiet', '--allow-empty', '--message', message);
    return gitIn(root, 'rev-parse', 'HEAD').trim();
  };
  const start = { '.gitignore': 'ignored/\n*.log\n', 'README.md': 'read me\n', 'src/a.txt': 'a\n', 'src/b.txt': 'b\n', ...options.files };
  write({ '.ai/.gitignore': '*\n' });
  if (options.kind === undefined || options.kind === 'git') commit(start, 'First');
  else if (options.kind === 'none') write(start);
  return {
    folder, root, aiFolder: path.join(root, '.ai'), environment, workspaces: open(), reopen: open, commands, gitIn, write, commit,
    git: (...args) => gitIn(root, ...args),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    if (content === null) {
      rmSync(file, { recursive: true, force: true });
      continue;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

export const taskId = (text: string): TaskId => text as TaskId;
export const runId = (text: string): RunId => text as RunId;
export const token = (value: number): FencingToken => value as FencingToken;

export function workspaceOrder(overrides: Partial<WorkspaceOrder> = {}): WorkspaceOrder {
  return { taskId: taskId('t-aaaaaa'), runId: runId('r-aaaaaa'), token: token(4_294_967_297), isolation: 'worktree', targetBranch: 'main', dependencies: [], continueFrom: null, copyFiles: [], ...overrides };
}
