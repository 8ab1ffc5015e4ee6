import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProcesses } from '../../src/adapters/process/processes.js';
import { createWorkspaces, type WorkspacesOptions } from '../../src/adapters/git/workspaces.js';
import type { FencingToken, RunId, TaskId } from '../../src/domain/kernel/ids.js';
import type { CommandOrder, CommandResult } from '../../src/ports/processes.js';
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
  /** The commit that HEAD stands at. */
  readonly head: () => string;
  readonly isAncestor: (ancestor: string, descendant: string) => boolean;
  readonly link: (target: string, link: string) => void;
  readonly chmod: (mode: number, file: string) => void;
  readonly mkfifo: (file: string) => void;
  readonly gitWithInput: (input: string, ...args: string[]) => string;
  /** False when a file or folder is in the way. */
  readonly tryWrite: (file: string) => boolean;
  readonly close: () => void;
}

export type WorkspacesFactory = (options: WorkspacesOptions) => Workspaces;

export interface RepositoryOptions {
  /** `none`: a plain folder; `empty`: a repository without a commit. */
  readonly kind?: 'git' | 'empty' | 'none';
  readonly name?: string;
  readonly files?: Files;
  readonly initArgs?: readonly string[];
  readonly create?: WorkspacesFactory;
}

/** Whose commits the tests make. */
const USER = { GIT_AUTHOR_NAME: 'User', GIT_AUTHOR_EMAIL: 'user@example.test', GIT_COMMITTER_NAME: 'User', GIT_COMMITTER_EMAIL: 'user@example.test', GIT_CONFIG_NOSYSTEM: '1' };
const START: Files = { '.gitignore': 'ignored/\n*.log\n', 'README.md': 'read me\n', 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' };

export function temporaryRepository(options: RepositoryOptions = {}): TemporaryRepository {
  // Resolved, because git answers with real paths and some systems link their temporary folder.
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-git-')));
  const root = path.join(folder, options.name ?? 'project');
  const home = path.join(folder, 'home');
  mkdirSync(root, { recursive: true });
  mkdirSync(home);
  const aiFolder = path.join(root, '.ai');
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
  const commands: CommandOrder[] = [];
  const processes = createProcesses();
  const run = (order: CommandOrder): Promise<CommandResult> => {
    commands.push(order);
    return processes.run(order);
  };
  const reopen = (): Workspaces => (options.create ?? createWorkspaces)({ root, aiFolder, environment, run });
  const gitIn = (where: string, ...args: string[]): string => execFileSync('git', args, { cwd: where, env: { ...environment, ...USER }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const git = (...args: string[]): string => gitIn(root, ...args);
  const head = (): string => git('rev-parse', 'HEAD').trim();
  const commit = (files: Files, message = 'A change'): string => {
    writeFiles(root, files);
    git('add', '--all', '--', ...Object.keys(files));
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return head();
  };
  start(options, { root, git, commit });
  return {
    folder,
    root,
    aiFolder,
    environment,
    commands,
    workspaces: reopen(),
    reopen,
    git,
    gitIn,
    commit,
    head,
    write: (files, where = root) => writeFiles(where, files),
    isAncestor: (ancestor, descendant) => spawnSync('git', ['merge-base', '--is-ancestor', ancestor, descendant], { cwd: root, env: environment }).status === 0,
    link: (target, link) => symlinkSync(target, link),
    gitWithInput: (input, ...args) => execFileSync('git', args, { cwd: root, env: { ...environment, ...USER }, encoding: 'utf8', input }),
    tryWrite,
    chmod: (mode, file) => chmodSync(file, mode),
    mkfifo: (file) => void execFileSync('mkfifo', [file]),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function start(options: RepositoryOptions, made: Pick<TemporaryRepository, 'root' | 'git' | 'commit'>): void {
  const { kind = 'git', initArgs = [] } = options;
  if (kind !== 'none') made.git('init', '--quiet', '--initial-branch=main', ...initArgs);
  writeFiles(made.root, { '.ai/.gitignore': '*\n' });
  if (kind === 'git') made.commit({ ...START, ...options.files }, 'First');
  if (kind === 'none') writeFiles(made.root, { ...START, ...options.files });
}

function tryWrite(file: string): boolean {
  try {
    writeFiles(path.dirname(file), { [path.basename(file)]: 'x\n' });
    return true;
  } catch {
    // What was generated before it is in the way.
    return false;
  }
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
