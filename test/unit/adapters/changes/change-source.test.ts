import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createChangeSource } from '../../../../src/adapters/changes/change-source.js';
import { isAiError } from '../../../../src/domain/kernel/errors.js';
import type { ChangeSet, ChangeSource } from '../../../../src/ports/change-source.js';
import { runCommand } from '../../../support/run-command.js';
import { temporaryRepository, writeFiles, type RepositoryOptions, type TemporaryRepository } from '../../../support/temporary-repository.js';

let repository: TemporaryRepository;
afterEach(() => repository.close());

function open(options: RepositoryOptions = {}): ChangeSource {
  repository = temporaryRepository(options);
  return source();
}

function source(more: Readonly<Record<string, string>> = {}, cwd = repository.root): ChangeSource {
  return createChangeSource({ run: runCommand, cwd, environment: { ...repository.environment, ...more } });
}

const hintOf = (failing: Promise<unknown>): Promise<string> => failing.then(() => '', (error: unknown) => (isAiError(error, 'INVALID_INPUT') ? (error.hint ?? '') : ''));
const brief = (set: ChangeSet): string[] => set.changes.map((change) => `${change.kind} ${(change.after ?? change.before)?.mode} ${change.path}`);
/** Stages a blob under a name that no file system has to accept. */
function stage(mode: string, content: string | Buffer, name: string | Buffer): void {
  const object = repository.gitWithInput(content as string, 'hash-object', '-w', '--stdin').trim();
  const entry = Buffer.concat([Buffer.from(`${mode} ${object}\t`), Buffer.from(name), Buffer.from('\0')]);
  repository.gitWithInput(entry as unknown as string, 'update-index', '-z', '--index-info');
}

describe('what is staged', () => {
  it('sees additions, changes, deletions, modes, both sides of renames, and nothing that is not staged', async () => {
    const changes = open({ files: { 'src/old name.txt': 'the same content\n'.repeat(20), 'run.sh': '#!/bin/sh\n' } });
    repository.git('mv', 'src/old name.txt', 'src/new.txt');
    repository.write({ 'src/a.txt': 'changed\n', 'README.md': 'only in the working tree\n', 'untracked.txt': 'x\n' });
    repository.git('add', 'src/a.txt');
    repository.git('rm', '--quiet', 'src/b.txt');
    repository.git('update-index', '--chmod=+x', 'run.sh');
    const set = await changes.staged();
    expect(brief(set)).toEqual(['modified executable run.sh', 'modified file src/a.txt', 'deleted file src/b.txt', 'added file src/new.txt', 'deleted file src/old name.txt']);
    expect(set).toMatchObject({ mode: 'staged', base: repository.head(), head: null });
    expect(set.changes[0]).toMatchObject({ before: { mode: 'file' }, after: { mode: 'executable' } });
    expect(set.changes[2]).toMatchObject({ after: null, target: null });
  });

  it('compares with nothing on a branch without a commit, in both object formats', async () => {
    for (const format of ['sha1', 'sha256']) {
      const changes = open({ kind: 'empty', initArgs: [`--object-format=${format}`] });
      repository.write({ 'first.txt': 'x\n' });
      repository.git('add', 'first.txt');
      const set = await changes.staged();
      expect(brief(set)).toEqual(['added file first.txt']);
      expect(set.base).toBeNull();
      repository.close();
    }
    open();
  });

  it('reads links from their blobs, also when the text of one looks like the header of another', async () => {
    const changes = open();
    const second = repository.gitWithInput('/etc/passwd', 'hash-object', '-w', '--stdin').trim();
    stage('120000', `safe\n${second} blob 11\nsafe`, 'a');
    stage('120000', '/etc/passwd', 'b');
    stage('120000', Buffer.from([0x2e, 0x2e, 0x2f, 0xff]), 'c');
    stage('120000', 'x'.repeat(5_000), 'd');
    const targets = (await changes.staged()).changes.map(({ path: name, target }) => [name, target]);
    expect(targets).toEqual([['a', `safe\n${second} blob 11\nsafe`], ['b', '/etc/passwd'], ['c', '../\ufffd'], ['d', null]]);
  });

  it('sees names with spaces, quotes, line breaks, leading dashes and bytes that are not UTF-8', async () => {
    const changes = open();
    const names = ['-n', ' a "b" \'c\'', 'line\nbreak\ttab', ':(top)x', 'ünï', '$(x)'];
    for (const name of names) stage('100644', name, name);
    stage('100644', 'x', Buffer.from([0x66, 0xff, 0x67]));
    const paths = (await changes.staged()).changes.map((change) => change.path);
    expect(new Set(paths)).toEqual(new Set([...names, 'f\ufffdg']));
    const named = await changes.files(names);
    expect(named.changes.every((change) => change.after?.mode === 'file')).toBe(true);
    expect(new Set(await changes.listPaths('index'))).toEqual(new Set([...paths, '.gitignore', 'README.md', 'src/a.txt', 'src/b.txt']));
  });

  it('sees submodules whatever the configuration says about ignoring them', async () => {
    const changes = open({ files: { '.gitmodules': '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n\tignore = all\n' } });
    const head = repository.head();
    repository.gitWithInput(`160000 ${head}\tlib\n`, 'update-index', '--index-info');
    repository.git('commit', '--quiet', '-m', 'Submodule');
    repository.git('config', 'diff.ignoreSubmodules', 'all');
    repository.gitWithInput(`160000 ${repository.head()}\tlib\n`, 'update-index', '--index-info');
    expect(brief(await changes.staged())).toEqual(['modified submodule lib']);
  });

  it('refuses an index in the middle of a merge', async () => {
    const changes = open();
    const object = repository.git('rev-parse', 'HEAD:README.md').trim();
    repository.gitWithInput(`100644 ${object} 1\tREADME.md\n100644 ${object} 2\tREADME.md\n`, 'update-index', '--index-info');
    await expect(changes.staged()).rejects.toThrow(/unmerged/);
  });

  it('works from a folder below the root and from a linked working tree', async () => {
    open();
    repository.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked');
    const linked = path.join(repository.folder, 'linked');
    writeFiles(linked, { 'src/c.txt': 'c\n' });
    repository.gitIn(linked, 'add', 'src/c.txt');
    expect(brief(await source({}, path.join(linked, 'src')).staged())).toEqual(['added file src/c.txt']);
    expect(brief(await source().staged())).toEqual([]);
    expect(await source({}, path.join(linked, 'src')).listPaths('index')).toContain('README.md');
    expect((await source({}, path.join(linked, 'src')).files(['README.md'])).changes[0]?.after?.mode).toBe('file');
  });

  it('reads the index of the git that calls: a partial commit, in a linked working tree too', async () => {
    open();
    repository.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked');
    for (const root of [repository.root, path.join(repository.folder, 'linked')]) {
      const seen = path.join(repository.folder, 'environment');
      const hook = path.join(repository.root, '.git/hooks/pre-commit');
      mkdirSync(path.dirname(hook), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\nenv -0 > '${seen}'\ncp "$GIT_INDEX_FILE" '${seen}.index'\npwd > '${seen}.pwd'\n`);
      chmodSync(hook, 0o755);
      writeFiles(root, { 'src/a.txt': `${root}\n`, 'src/b.txt': `${root}\n` });
      repository.gitIn(root, 'add', 'src/b.txt');
      repository.gitIn(root, 'commit', '--quiet', '-m', 'One file', 'src/a.txt');
      const variables = Object.fromEntries(readFileSync(seen, 'utf8').split('\0').filter((line) => line.startsWith('GIT_')).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
      expect(variables['GIT_INDEX_FILE']).toMatch(/next-index/);
      // The temporary index is gone once git has ended; the copy stands for it, against the commit before.
      repository.gitIn(root, 'update-ref', 'HEAD', 'HEAD^');
      const cwd = readFileSync(`${seen}.pwd`, 'utf8').trim();
      const set = await source({ ...variables, GIT_INDEX_FILE: `${seen}.index` }, cwd).staged();
      expect(brief(set)).toEqual(['modified file src/a.txt']);
      expect(brief(await source({}, root).staged())).toEqual(['modified file src/a.txt', 'modified file src/b.txt']);
    }
  });
});

describe('a range', () => {
  it('starts at the merge base and reads the policy of a commit', async () => {
    const changes = open();
    const base = repository.commit({ 'src/a.txt': 'base\n' });
    repository.git('checkout', '--quiet', '-b', 'work');
    repository.commit({ 'src/work.txt': 'x\n' });
    const head = repository.commit({ 'src/b.txt': null, 'src/link': 'x' });
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ 'src/other.txt': 'x\n' });
    const set = await changes.range('main', 'work');
    expect(set).toMatchObject({ mode: 'range', base, head });
    expect(brief(set)).toEqual(['deleted file src/b.txt', 'added file src/link', 'added file src/work.txt']);
    expect(await changes.readFile({ commit: base }, 'src/a.txt', 100)).toEqual({ mode: 'file', text: 'base\n', bytes: 5 });
    expect(await changes.readFile({ commit: base }, 'src/a.txt', 4)).toEqual({ mode: 'file', text: null, bytes: 5 });
    expect(await changes.readFile({ commit: base }, 'src', 100)).toBeNull();
    expect(await changes.readFile({ commit: base }, 'missing', 100)).toBeNull();
    expect(await changes.listPaths({ commit: head })).not.toContain('src/b.txt');
  });

  it('tells commits apart whatever their messages hold', async () => {
    const changes = open();
    const base = repository.head();
    repository.commit({ 'x.txt': '1\n' }, 'One\n\nAI-Run: r-aaaaaa\n');
    repository.commit({ 'x.txt': '2\n' }, 'Two: 100% "quoted"\n\ncommit 0123456789\n');
    const commits = await changes.commits(base, 'HEAD');
    expect(commits.map((commit) => commit.message.trim())).toEqual(['One\n\nAI-Run: r-aaaaaa', 'Two: 100% "quoted"\n\ncommit 0123456789']);
    expect(commits[0]).toMatchObject({ author: { name: 'User', email: 'user@example.test' }, id: repository.git('rev-parse', 'HEAD^').trim() });
  });

  it.each(['-O/tmp/x', '--output=x', '', 'a b', 'main..work', 'a\nb', 'x'.repeat(600)])('refuses %j as a base', async (name) => {
    const changes = open();
    await expect(changes.range(name, 'HEAD')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('tells a base that is not here from one without common history, and from a shallow clone', async () => {
    const changes = open();
    await expect(hintOf(changes.range('origin/main', 'HEAD'))).resolves.toContain('git fetch');
    repository.git('checkout', '--quiet', '--orphan', 'lonely');
    repository.commit({ 'z.txt': 'z\n' });
    await expect(changes.range('main', 'lonely')).rejects.toThrow(/no history/);
    const clone = path.join(repository.folder, 'clone');
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ 'm.txt': 'm\n' });
    repository.git('checkout', '--quiet', '-b', 'side', 'HEAD^');
    repository.commit({ 's.txt': 's\n' });
    execFileSync('git', ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${repository.root}`, clone], { env: repository.environment, stdio: 'ignore' });
    await expect(hintOf(source({}, clone).range('origin/main', 'origin/side'))).resolves.toContain('unshallow');
  });
});

describe('a repository that wants to run something or to hide changes', () => {
  it('starts nothing that configuration or attributes name, and follows no replacement or graft', async () => {
    const changes = open({ files: { '.gitattributes': '* diff=evil filter=evil\n' } });
    const base = repository.head();
    const trap = path.join(repository.folder, 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch '${repository.folder}/sprung'\ncat\n`, { mode: 0o755 });
    const settings = { 'core.fsmonitor': trap, 'diff.external': trap, 'diff.evil.command': trap, 'diff.evil.textconv': trap, 'filter.evil.clean': trap, 'filter.evil.smudge': trap, 'core.pager': trap, 'core.hooksPath': repository.folder, 'alias.diff-index': `!${trap}`, 'gpg.program': trap, 'log.showSignature': 'true' };
    const head = repository.commit({ 'secret.txt': 's\n' });
    for (const [key, value] of Object.entries(settings)) repository.git('config', key, value);
    const plain = repository.gitWithInput('', '-c', 'core.fsmonitor=false', '-c', 'alias.x=', 'commit-tree', `${base}^{tree}`, '-p', base, '-m', 'Nothing to see').trim();
    repository.gitWithInput('', '-c', 'core.fsmonitor=false', 'replace', head, plain);
    mkdirSync(path.join(repository.root, '.git/info'), { recursive: true });
    writeFileSync(path.join(repository.root, '.git/info/grafts'), `${head}\n`);
    rmSync(path.join(repository.folder, 'sprung'), { force: true });
    const set = await changes.range(base, head);
    await changes.staged();
    await changes.files(['secret.txt']);
    await changes.commits(base, head);
    expect(brief(set)).toEqual(['added file secret.txt']);
    expect(existsSync(path.join(repository.folder, 'sprung'))).toBe(false);
  });

  it('is not led elsewhere by the environment, except by what names the index', async () => {
    open();
    const elsewhere = path.join(repository.folder, 'elsewhere');
    mkdirSync(elsewhere);
    const hostile = { GIT_WORK_TREE: elsewhere, GIT_OBJECT_DIRECTORY: elsewhere, GIT_EXTERNAL_DIFF: 'false', GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.bare', GIT_CONFIG_VALUE_0: 'true', GIT_NAMESPACE: 'x', GIT_LITERAL_PATHSPECS: '1' };
    repository.write({ 'src/a.txt': 'new\n' });
    repository.git('add', 'src/a.txt');
    expect(brief(await source(hostile).staged())).toEqual(['modified file src/a.txt']);
  });
});

describe('named files', () => {
  it('answers the entry of the index for each, also when there is none', async () => {
    const changes = open();
    const set = await changes.files(['./src//a.txt', 'src/a.txt', 'src', 'nowhere/x']);
    expect(set.changes.map(({ path: name, kind, after }) => [name, kind, after?.mode ?? null])).toEqual([['src/a.txt', null, 'file'], ['src', null, null], ['nowhere/x', null, null]]);
  });

  it.each(['/etc/passwd', '../x', 'a/../../x', '', 'a/', '.', 'a\0b'])('refuses %j', async (name) => {
    const changes = open();
    await expect(changes.files([name])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
