import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const AI_PROGRAM = path.join(PROJECT, 'bin/ai.js');
export const KILL_AT = path.join(PROJECT, 'test/support/kill-at.mjs');

export interface CommandOutput {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- documents of the command line, checked by the expectations of each test
export type Json = any;

/** A real repository in a temporary folder with a control plane in it, driven through the real command line. */
export interface ControlPlane {
  readonly root: string;
  /** A folder beside the repository for what must not be part of it. */
  readonly outside: string;
  /** The environment that every call gets. */
  readonly env: Readonly<Record<string, string>>;
  ai(args: readonly string[], options?: CallOptions): Promise<CommandOutput>;
  /** Runs with --json and answers the document; fails unless the exit code is the expected one. */
  json(args: readonly string[], options?: CallOptions & { readonly code?: number }): Promise<Json>;
  start(args: readonly string[], options?: CallOptions): ChildProcess;
  git(...args: readonly string[]): string;
  write(file: string, content: string): void;
  read(file: string): string;
  dispose(): void;
}

export interface PlaneOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly repository?: boolean;
  readonly initialise?: boolean;
  /** Folder name inside the temporary folder; try one with spaces and quotes. */
  readonly name?: string;
}

export async function createControlPlane(options: PlaneOptions = {}): Promise<ControlPlane> {
  const outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-plane-')));
  const root = path.join(outside, options.name ?? 'repository');
  mkdirSync(path.join(outside, 'home'), { recursive: true });
  mkdirSync(root, { recursive: true });
  const env = cleanEnvironment(path.join(outside, 'home'));
  const plane = planeAt({ root, outside, env });
  for (const [file, content] of Object.entries(options.files ?? { 'README.md': '# A project\n' })) plane.write(file, content);
  if (options.repository !== false) {
    plane.git('init', '-q', '-b', 'main');
    plane.git('add', '-A');
    plane.git('commit', '-q', '--allow-empty', '-m', 'First commit');
  }
  if (options.initialise !== false) await plane.json(['init']);
  return plane;
}

function cleanEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Tester',
    GIT_AUTHOR_EMAIL: 'tester@example.invalid',
    GIT_COMMITTER_NAME: 'Tester',
    GIT_COMMITTER_EMAIL: 'tester@example.invalid',
  };
}

function planeAt(at: { readonly root: string; readonly outside: string; readonly env: Readonly<Record<string, string>> }): ControlPlane {
  const { root, outside, env } = at;
  const start = (args: readonly string[], options: CallOptions = {}): ChildProcess =>
    spawn(process.execPath, [AI_PROGRAM, ...args], { cwd: options.cwd ?? root, env: { ...env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const ai = async (args: readonly string[], options: CallOptions = {}): Promise<CommandOutput> => {
    const child = start(args, options);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
    return outputOf(child);
  };
  return {
    root,
    outside,
    env,
    start,
    ai,
    async json(args, options = {}) {
      const output = await ai(['--json', ...args], options);
      if (output.code !== (options.code ?? 0)) throw new Error(`ai ${args.join(' ')} ended with ${output.code ?? output.signal} instead of ${options.code ?? 0}\n${output.stdout.slice(0, 4_000)}\n${output.stderr.slice(0, 4_000)}`);
      return JSON.parse(output.stdout);
    },
    git(...args) {
      const result = spawnSync('git', args, { cwd: root, env: { ...env }, encoding: 'utf8' });
      if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
      return result.stdout.trim();
    },
    write(file, content) {
      const target = path.join(root, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, content);
    },
    read: (file) => readFileSync(path.join(root, file), 'utf8'),
    dispose() {
      rmSync(outside, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function outputOf(child: ChildProcess): Promise<CommandOutput> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout: Buffer.concat(chunks.stdout).toString('utf8'), stderr: Buffer.concat(chunks.stderr).toString('utf8') }));
  });
}

/** Pids of live processes whose environment holds `NAME=value`; zombies have ended. */
export function processesWith(variable: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable)) return false;
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
      } catch {
        return false; // It ended between the listing and the look.
      }
    });
}
