import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createWorkspaces } from '../../src/adapters/git/workspaces.js';
import type { FencingToken, RunId, TaskId } from '../../src/domain/kernel/ids.js';
import type { Processes } from '../../src/ports/processes.js';
import type { LandOrder, Workspace, WorkspaceOrder, Workspaces } from '../../src/ports/workspaces.js';
import { runCommand } from './run-command.js';

/** Content by path; a trailing slash makes a folder. */
export type Files = Readonly<Record<string, string>>;

export interface TestRepository {
  readonly root: string;
  readonly aiFolder: string;
  /** A folder beside the repository, for what must not be part of it. It is HOME as well. */
  readonly outside: string;
  /** What the adapter and git get; no setting of the machine's user is in it. */
  readonly environment: Readonly<Record<string, string>>;
  git(...args: readonly string[]): string;
  gitIn(folder: string, ...args: readonly string[]): string;
  write(files: Files, folder?: string): void;
  read(file: string): string;
  has(file: string): boolean;
  /** Writes, adds and commits; answers the commit. */
  commit(files: Files): string;
  /** A fresh adapter, as another process would have. */
  open(run?: Processes['run']): Workspaces;
  dispose(): void;
}

/** A real repository on branch `main` in a temporary folder; with files, it has one commit. Without git when asked. */
export function makeRepository(files: Files = {}, options: { readonly init?: readonly string[] | null } = {}): TestRepository {
  const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-git-')));
  const [root, outside] = [path.join(temporary, 'repository'), path.join(temporary, 'outside')];
  for (const folder of [root, outside]) mkdirSync(folder);
  const aiFolder = path.join(root, '.ai');
  const environment = { PATH: process.env['PATH'] ?? '', HOME: outside, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const gitIn = (folder: string, ...args: readonly string[]): string => execFileSync('git', args, { cwd: folder, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
  const git = (...args: readonly string[]): string => gitIn(root, ...args);
  const repository: TestRepository = {
    root,
    aiFolder,
    outside,
    environment,
    git,
    gitIn,
    write: (content, folder = root) => writeFiles(folder, content),
    read: (file) => readFileSync(path.join(root, file), 'utf8'),
    has: (file) => existsSync(path.join(root, file)),
    commit: (content) => {
      writeFiles(root, content);
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', 'A commit of the test');
      return git('rev-parse', 'HEAD');
    },
    open: (run = runCommand) => createWorkspaces({ root, aiFolder, run, environment }),
    dispose: () => rmSync(temporary, { recursive: true, force: true }),
  };
  // As `ai init` leaves it: what only one machine needs is ignored.
  writeFiles(aiFolder, { '.gitignore': '*\n' });
  if (options.init === null) {
    writeFiles(root, files);
    return repository;
  }
  git('init', '-q', '-b', 'main', ...(options.init ?? []));
  git('config', 'user.name', 'Una User');
  git('config', 'user.email', 'una@example.org');
  if (Object.keys(files).length > 0) repository.commit(files);
  return repository;
}

function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(file, content);
  }
}

export const TASK = 't-000001' as TaskId;
export const RUN = 'r-000001' as RunId;
export const MESSAGE = 'Do the thing\n\nAI-Task: t-000001\nAI-Run: r-000001\nAI-Agent: coder\n';

export function workspaceOrder(change: Partial<WorkspaceOrder> = {}): WorkspaceOrder {
  return { taskId: TASK, runId: RUN, token: 1 as FencingToken, isolation: 'worktree', targetBranch: 'main', dependencies: [], continueFrom: null, copyFiles: [], ...change };
}

export function landOrder(work: { readonly base: string; readonly head: string }, change: Partial<LandOrder> = {}): LandOrder {
  return { taskId: TASK, runId: RUN, target: 'main', message: MESSAGE, ...work, ...change };
}

export const snapshotRun = { taskId: TASK, runId: RUN, message: MESSAGE };

/** A workspace in which an agent has left files, and what was recorded of it. */
export async function makeWork(workspaces: Workspaces, repository: TestRepository, files: Files, change: Partial<WorkspaceOrder> = {}): Promise<{ readonly workspace: Workspace; readonly base: string; readonly head: string }> {
  const order = workspaceOrder(change);
  const workspace = await workspaces.prepare(order);
  repository.write(files, workspace.path);
  const { head } = await workspaces.snapshot(workspace, { taskId: order.taskId, runId: order.runId, message: MESSAGE });
  return { workspace, base: workspace.base, head };
}

/** Changed paths as `A path`, for short expectations. */
export function changes(snapshot: { readonly changedFiles: readonly { readonly path: string; readonly status: string }[] }): string[] {
  return snapshot.changedFiles.map(({ status, path: file }) => `${status.charAt(0).toUpperCase()} ${file}`);
}

/** A program that proves by a file that it ran. */
export function planted(repository: TestRepository): { readonly program: string; readonly hasRun: () => boolean } {
  const [program, proof] = [path.join(repository.outside, 'planted.sh'), path.join(repository.outside, 'planted-has-run')];
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${proof}'\ncat\n`, { mode: 0o755 });
  return { program, hasRun: () => existsSync(proof) };
}

export function isMissing(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) === undefined;
}

/** What a test throws in place of a crash. */
export class Killed extends Error {}

export interface MortalRun {
  readonly run: Processes['run'];
  /** Resolves when the git processes that outlived us have ended. */
  readonly settled: () => Promise<void>;
}

/** Dies when the git process of this number is due: just before it starts, or just after it has ended. Nothing runs after. */
export function mortalRun(deathAt: number, when: 'before' | 'after'): MortalRun {
  let count = 0;
  let dead = false;
  const running: Promise<unknown>[] = [];
  const run: Processes['run'] = async (order) => {
    count += 1;
    const isLast = count === deathAt;
    if (dead || (isLast && when === 'before')) dead = true;
    if (dead) throw new Killed();
    const result = runCommand(order);
    running.push(result);
    const answer = await result;
    if (isLast) dead = true;
    if (dead) throw new Killed();
    return answer;
  };
  return { run, settled: async () => {
    await Promise.allSettled(running);
  } };
}

/** Runs commands for real and remembers what git was asked, without the settings. */
export function watchedRun(): { readonly run: Processes['run']; readonly calls: string[] } {
  const calls: string[] = [];
  const run: Processes['run'] = (order) => {
    calls.push(order.argv.filter((word, position, all) => position > 0 && word !== '-c' && all[position - 1] !== '-c').join(' '));
    return runCommand(order);
  };
  return { run, calls };
}
