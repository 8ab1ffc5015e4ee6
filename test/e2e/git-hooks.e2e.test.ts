import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createGitHooks } from '../../src/adapters/git-hooks/git-hooks.js';
import { hooksStatus, installHooks, uninstallHooks, type ChangeHooksInput, type HookDeps } from '../../src/app/hooks/manage-hooks.js';
import { runCommand } from '../support/run-command.js';
import { temporaryRepository, writeFiles, type RepositoryOptions, type TemporaryRepository } from '../support/temporary-repository.js';

// Real repositories and real commits; only `ai` is a stand-in that writes down how it was called and answers as it is told.
let repository: TemporaryRepository;
afterEach(() => repository.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const ALL: ChangeHooksInput = { names: [], force: false, dryRun: false };

interface World {
  readonly deps: HookDeps;
  /** Runs git with the stand-in on the PATH; its exit code and what it said. */
  readonly git: (args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string) => { readonly code: number | null; readonly said: string };
  /** How `ai` was called, oldest first. */
  readonly calls: () => string[];
  readonly hook: (name: string) => string;
}

function open(options: RepositoryOptions = {}, cwd?: string): World {
  repository = temporaryRepository({ files: { '.gitattributes': '* text=auto\n' }, ...options });
  const bin = path.join(repository.folder, 'bin');
  const log = path.join(repository.folder, 'calls');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'ai'), '#!/bin/sh\nprintf "%s|" "$@" >> "$AI_LOG"\necho >> "$AI_LOG"\nexit "${AI_EXIT:-0}"\n', { mode: 0o755 });
  const identity = { GIT_AUTHOR_NAME: 'User', GIT_AUTHOR_EMAIL: 'user@example.test', GIT_COMMITTER_NAME: 'User', GIT_COMMITTER_EMAIL: 'user@example.test', GIT_CONFIG_NOSYSTEM: '1' };
  return {
    deps: depsAt(cwd ?? repository.root),
    git: (args, env = {}, where = repository.root) => {
      const result = spawnSync('git', [...args], { cwd: where, encoding: 'utf8', env: { ...repository.environment, ...identity, PATH: `${bin}:${repository.environment['PATH'] ?? ''}`, AI_LOG: log, ...env } });
      return { code: result.status, said: result.stderr };
    },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
    hook: (name) => path.join(repository.root, '.git/hooks', name),
  };
}

function depsAt(cwd: string, selfArgv: readonly string[] = ['/nowhere/node', '/nowhere/ai.js']): HookDeps {
  return { hooks: createGitHooks({ run: runCommand, environment: repository.environment, cwd }), selfArgv, sha256 };
}

function stage(name: string, where = repository.root): void {
  writeFiles(where, { [name]: `${name}\n` });
  repository.gitIn(where, 'add', '--', name);
}

/** Everything below a folder: names, modes, contents and link targets. */
function photograph(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().map((name) => {
      const entry = lstatSync(path.join(folder, name));
      const content = entry.isSymbolicLink() ? readlinkSync(path.join(folder, name)) : entry.isFile() ? readFileSync(path.join(folder, name), 'latin1') : '';
      return [name, `${entry.mode.toString(8)} ${content}`];
    }),
  );
}

describe('a commit', () => {
  it('is checked, refused when policy says no, undecided or broken, and let through when clean', async () => {
    const { deps, git, calls } = open();
    await installHooks(deps, ALL);
    for (const [code, words] of [['1', 'refused by policy'], ['2', 'could not decide'], ['70', 'ended unexpectedly (exit 70)']] as const) {
      stage(`x${code}.txt`);
      const result = git(['commit', '-m', 'x'], { AI_EXIT: code });
      expect(result.code).toBe(1);
      expect(result.said).toContain(words);
      expect(result.said).toContain('git commit --no-verify');
    }
    expect(git(['commit', '-m', 'x']).code).toBe(0);
    expect(calls()).toEqual(Array(4).fill('policy|check|--staged|'));
  });

  it('is refused when there is no ai anywhere, and goes through knowingly', async () => {
    const { deps, git } = open();
    await installHooks(deps, ALL);
    stage('x.txt');
    const plain = { PATH: repository.environment['PATH'] ?? '' };
    const result = git(['commit', '-m', 'x'], plain);
    expect(result.code).toBe(1);
    expect(result.said).toContain('ai was not found');
    expect(git(['commit', '-m', 'x', '--no-verify'], plain).code).toBe(0);
  });

  it('is checked by the program that installed the hook when the PATH has none, wherever that is', async () => {
    const { git } = open();
    const odd = path.join(repository.folder, `it's a "place"\n$(touch no)`);
    mkdirSync(odd);
    writeFileSync(path.join(odd, 'ai.sh'), 'printf "own|%s\\n" "$*" >> "$AI_LOG"\nexit "${AI_EXIT:-0}"\n');
    await installHooks(depsAt(repository.root, ['/bin/sh', path.join(odd, 'ai.sh')]), ALL);
    const plain = { PATH: repository.environment['PATH'] ?? '' };
    stage('x.txt');
    expect(git(['commit', '-m', 'x'], { ...plain, AI_EXIT: '1' }).code).toBe(1);
    expect(git(['commit', '-m', 'x'], plain).code).toBe(0);
    expect(readFileSync(path.join(repository.folder, 'calls'), 'utf8')).toBe('own|policy check --staged\n'.repeat(2));
    expect(existsSync(path.join(repository.root, 'no'))).toBe(false);
  });

  it.each(['with space', `quote'"s`, 'line\nbreak', '-dash', '$(touch x)', 'end\n'])('is checked in a repository named %j', async (name) => {
    const { deps, git, calls } = open({ name });
    await installHooks(deps, ALL);
    stage('x.txt');
    expect(git(['commit', '-m', 'x'], { AI_EXIT: '1' }).code).toBe(1);
    expect(git(['commit', '-m', 'x']).code).toBe(0);
    expect(calls()).toHaveLength(2);
    await uninstallHooks(deps, ALL);
    stage('y.txt');
    expect(git(['commit', '-m', 'y'], { AI_EXIT: '1' }).code).toBe(0);
  });

  it('is checked in linked working trees and in submodules of their own', async () => {
    const { git, calls } = open();
    repository.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked');
    const linked = path.join(repository.folder, 'linked');
    await installHooks(depsAt(path.join(linked, 'src')), ALL);
    stage('x.txt', linked);
    expect(git(['commit', '-m', 'x'], { AI_EXIT: '1' }, linked).code).toBe(1);
    stage('x.txt');
    expect(git(['commit', '-m', 'x'], { AI_EXIT: '1' }).code).toBe(1);

    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', linked, 'lib');
    const lib = path.join(repository.root, 'lib');
    stage('y.txt', lib);
    expect(git(['commit', '-m', 'y'], { AI_EXIT: '1' }, lib).code).toBe(0);
    await installHooks(depsAt(lib), ALL);
    stage('z.txt', lib);
    expect(git(['commit', '-m', 'z'], { AI_EXIT: '1' }, lib).code).toBe(1);
    expect(calls()).toHaveLength(3);
  });
});

describe('an earlier hook', () => {
  it('runs first, with its say and its arguments, and comes back byte for byte', async () => {
    const { deps, git, calls, hook } = open();
    writeFileSync(hook('pre-commit'), '#!/bin/sh\nprintf "earlier\\n" >> "$AI_LOG"\nexit "${EARLIER_EXIT:-0}"\n# no line break at the end \u00ff', { mode: 0o750 });
    writeFileSync(hook('pre-push'), '#!/bin/sh\nexit 1\n', { mode: 0o644 });
    chmodSync(hook('pre-commit'), 0o750);
    const before = photograph(path.dirname(hook('x')));
    await installHooks(deps, ALL);
    stage('x.txt');
    expect(git(['commit', '-m', 'x'], { EARLIER_EXIT: '7' }).code).not.toBe(0);
    expect(calls()).toEqual(['earlier']);
    expect(git(['commit', '-m', 'x'], { AI_EXIT: '1' }).code).toBe(1);
    expect(git(['commit', '-m', 'x']).code).toBe(0);
    expect(calls().slice(1)).toEqual(['earlier', 'policy|check|--staged|', 'earlier', 'policy|check|--staged|']);
    await uninstallHooks(deps, ALL);
    expect(photograph(path.dirname(hook('x')))).toEqual(before);
  });

  it('that is a link stays one', async () => {
    const { deps, git, calls, hook } = open({ files: { 'tools/check.sh': '#!/bin/sh\nprintf "linked\\n" >> "$AI_LOG"\n' } });
    chmodSync(path.join(repository.root, 'tools/check.sh'), 0o755);
    symlinkSync('../../tools/check.sh', hook('pre-commit'));
    const before = photograph(path.dirname(hook('x')));
    await installHooks(deps, ALL);
    expect(readFileSync(path.join(repository.root, 'tools/check.sh'), 'utf8')).toContain('linked');
    stage('x.txt');
    expect(git(['commit', '-m', 'x']).code).toBe(0);
    expect(calls()).toEqual(['linked', 'policy|check|--staged|']);
    await uninstallHooks(deps, ALL);
    expect(photograph(path.dirname(hook('x')))).toEqual(before);
  });

  it('is never lost: not when it is replaced while another is kept, and not by a second install', async () => {
    const { deps, hook } = open();
    writeFileSync(hook('pre-commit'), '#!/bin/sh\n# first\n', { mode: 0o755 });
    await installHooks(deps, ALL);
    const once = photograph(path.dirname(hook('x')));
    const again = await installHooks(deps, ALL);
    expect(again.hooks.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(photograph(path.dirname(hook('x')))).toEqual(once);
    writeFileSync(hook('pre-commit'), '#!/bin/sh\n# second\n', { mode: 0o755 });
    const twice = photograph(path.dirname(hook('x')));
    await expect(installHooks(deps, { ...ALL, force: true })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await uninstallHooks(deps, { ...ALL, names: ['pre-commit'] });
    expect(photograph(path.dirname(hook('x')))).toEqual(twice);
  });
});

describe('a hook of ours', () => {
  it('that was edited by hand is noticed and left, unless forced', async () => {
    const { deps, hook } = open();
    await installHooks(deps, ALL);
    const text = readFileSync(hook('pre-commit'), 'utf8');
    writeFileSync(hook('pre-commit'), text.replace('--staged', '--staged || true'));
    expect((await hooksStatus(deps)).hooks.map(({ state }) => state)).toEqual(['changed', 'installed']);
    await expect(installHooks(deps, ALL)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(uninstallHooks(deps, ALL)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect((await installHooks(deps, { ...ALL, force: true })).hooks[0]?.action).toBe('updated');
    expect(readFileSync(hook('pre-commit'), 'utf8')).toBe(text);
  });

  it('of another place of ai is brought up to date', async () => {
    const { deps, hook } = open();
    await installHooks(depsAt(repository.root, ['/old/node', '/old/ai.js']), ALL);
    expect((await hooksStatus(deps)).hooks[0]?.state).toBe('outdated');
    expect((await installHooks(deps, ALL)).hooks[0]?.action).toBe('updated');
    expect(readFileSync(hook('pre-commit'), 'utf8')).not.toContain('/old/');
  });

  it('is only planned by a dry run, and only those that were asked for are written', async () => {
    const { deps, hook } = open();
    rmSync(path.dirname(hook('x')), { recursive: true });
    const planned = await installHooks(deps, { ...ALL, dryRun: true });
    expect(planned.hooks.map(({ action }) => action)).toEqual(['installed', 'installed']);
    expect(existsSync(path.dirname(hook('x')))).toBe(false);
    await installHooks(deps, { ...ALL, names: ['pre-push'] });
    expect(readdirSync(path.dirname(hook('x')))).toEqual(['pre-push']);
    expect(statSync(hook('pre-push')).mode & 0o111).toBe(0o111);
  });

  it('is accepted by a POSIX shell', async () => {
    const { deps, hook } = open();
    await installHooks(deps, ALL);
    for (const name of ['pre-commit', 'pre-push']) expect(spawnSync('sh', ['-n', hook(name)]).status).toBe(0);
  });
});

describe('a push', () => {
  it('is checked from what the remote has to what is pushed, branch by branch', async () => {
    const { deps, git, calls } = open();
    const remote = path.join(repository.folder, 'remote.git');
    repository.git('init', '--quiet', '--bare', remote);
    repository.git('remote', 'add', 'origin', remote);
    repository.git('push', '--quiet', 'origin', 'main');
    await installHooks(deps, { ...ALL, names: ['pre-push'] });
    const first = repository.head();
    const second = repository.commit({ 'x.txt': 'x\n' });
    repository.git('checkout', '--quiet', '-b', 'work');
    const third = repository.commit({ 'y.txt': 'y\n' });
    expect(git(['push', 'origin', 'main', 'work'], { AI_EXIT: '1' }).code).not.toBe(0);
    const fresh = calls().length;
    expect(git(['push', 'origin', 'main', 'work']).code).toBe(0);
    expect(new Set(calls().slice(fresh))).toEqual(new Set([`policy|check|--base|${first}|--head|${second}|`, `policy|check|--base|${first}|--head|${third}|`]));
    const before = calls().length;
    expect(git(['push', 'origin', '--delete', 'work']).code).toBe(0);
    expect(git(['push', 'origin', 'main']).code).toBe(0);
    expect(calls()).toHaveLength(before);
  });

  it('of everything, to a remote that has nothing, is checked from the first commit on', async () => {
    const { deps, git, calls } = open();
    const root = repository.head();
    const head = repository.commit({ 'x.txt': 'x\n' });
    const remote = path.join(repository.folder, 'remote.git');
    repository.git('init', '--quiet', '--bare', remote);
    repository.git('remote', 'add', 'origin', remote);
    await installHooks(deps, ALL);
    expect(git(['push', 'origin', 'main', 'main:refs/heads/copy']).code).toBe(0);
    expect(calls().at(-1)?.endsWith(`--base|${root}|--head|${head}|`)).toBe(true);
  });

  it('hands an earlier hook what git said', async () => {
    const { deps, git, calls, hook } = open();
    const remote = path.join(repository.folder, 'remote.git');
    repository.git('init', '--quiet', '--bare', remote);
    writeFileSync(hook('pre-push'), '#!/bin/sh\nwhile read -r a b c d; do printf "%s %s %s\\n" "$1" "$a" "$c" >> "$AI_LOG"; done\n', { mode: 0o755 });
    await installHooks(deps, ALL);
    expect(git(['push', remote, 'main']).code).toBe(0);
    expect(calls()[0]).toBe(`${remote} refs/heads/main refs/heads/main`);
    expect(calls()).toHaveLength(2);
  });
});

describe('hook managers and shared folders', () => {
  const managers: readonly (readonly [string, Readonly<Record<string, string>>, string, string, string])[] = [
    ['husky', { '.husky/_/pre-commit': '#!/usr/bin/env sh\n. "${0%/*}/h"\n', '.husky/pre-commit': 'npm test\n' }, '.husky/_', '.husky/pre-commit', 'ai policy check --staged\n'],
    ['lefthook', { 'lefthook.yml': 'pre-commit:\n  jobs: []\n' }, '', 'lefthook.yml', 'pre-commit:\n  commands:\n    ai-policy:\n      run: ai policy check --staged\n'],
    ['pre-commit', { '.pre-commit-config.yaml': 'repos: []\n' }, '', '.pre-commit-config.yaml', 'entry: ai policy check --staged\n'],
  ];

  it.each(managers)('leaves %s alone, says what to write, and knows it when it is there', async (name, files, hooksPath, file, text) => {
    const { deps } = open({ files });
    if (hooksPath !== '') repository.git('config', 'core.hooksPath', hooksPath);
    const before = photograph(repository.root);
    const change = await installHooks(deps, { ...ALL, names: ['pre-commit'] });
    expect(change).toMatchObject({ manager: name, hooks: [{ action: 'manual', snippet: { file } }] });
    expect(change.hooks[0]?.snippet?.text).toContain(text);
    expect(photograph(repository.root)).toEqual(before);
    repository.write({ [file]: `# ${text.replaceAll('\n', ' ')}\n` });
    expect((await hooksStatus(deps)).hooks[0]?.state).not.toBe('managed');
    repository.write({ [file]: change.hooks[0]?.snippet?.text ?? '' });
    expect((await hooksStatus(deps)).hooks[0]?.state).toBe('managed');
    expect((await installHooks(deps, { ...ALL, names: ['pre-commit'] })).hooks[0]?.action).toBe('unchanged');
    expect((await uninstallHooks(deps, { ...ALL, names: ['pre-commit'] })).hooks[0]?.action).toBe('left');
  });

  it('recognises a manager by the script that it installed, and chains it when forced', async () => {
    const { deps, git, calls, hook } = open();
    writeFileSync(hook('pre-commit'), '#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\nprintf "theirs\\n" >> "$AI_LOG"\n', { mode: 0o755 });
    expect((await installHooks(deps, ALL)).manager).toBe('pre-commit');
    await installHooks(deps, { ...ALL, force: true });
    stage('x.txt');
    expect(git(['commit', '-m', 'x']).code).toBe(0);
    expect(calls()).toEqual(['theirs', 'policy|check|--staged|']);
  });

  it('honours core.hooksPath: asks before it writes files of the tree, or outside of the repository', async () => {
    const { deps, git } = open({ files: { '.githooks/readme': 'x\n' } });
    for (const [folder, belongsTo] of [['.githooks', 'tree'], [path.join(repository.folder, 'shared hooks'), 'outside'], ['.git/other', 'git']] as const) {
      repository.git('config', 'core.hooksPath', folder);
      const place = await hooksStatus(deps);
      expect([place.folder, place.belongsTo]).toEqual([path.resolve(repository.root, folder), belongsTo]);
      expect((await installHooks(deps, ALL)).hooks[0]?.action).toBe(belongsTo === 'git' ? 'installed' : 'manual');
      await installHooks(deps, { ...ALL, force: true });
      const text = readFileSync(path.resolve(repository.root, folder, 'pre-commit'), 'utf8');
      expect(text.includes('/nowhere/')).toBe(belongsTo === 'git');
      stage(`${belongsTo}.txt`);
      expect(git(['commit', '-m', 'x'], { AI_EXIT: '1' }).code).toBe(1);
    }
  });
});

describe('where no hooks can be', () => {
  it('says so', async () => {
    open({ kind: 'none' });
    await expect(hooksStatus(depsAt(repository.root))).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    const bare = path.join(repository.folder, 'bare.git');
    mkdirSync(bare);
    repository.gitIn(bare, 'init', '--quiet', '--bare');
    await expect(hooksStatus(depsAt(bare))).rejects.toMatchObject({ code: 'BARE_REPOSITORY' });
  });
});
