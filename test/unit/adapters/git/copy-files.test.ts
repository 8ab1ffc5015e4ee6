import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyFilesInto } from '../../../../src/adapters/git/copy-files.js';
import { temporaryRepository, type TemporaryRepository } from '../../../support/temporary-repository.js';

describe('copying untracked files into a worktree', () => {
  let made: TemporaryRepository;
  let workspace: string;
  beforeEach(() => {
    made = temporaryRepository({ kind: 'none' });
    workspace = path.join(made.folder, 'workspace');
    mkdirSync(workspace);
  });
  afterEach(() => made.close());

  const copy = (...files: string[]): Promise<string[]> => copyFilesInto(workspace, made.root, files);

  test('takes what exists, into folders that it makes', async () => {
    made.write({ '.env': 'x\n', 'a/b/c.json': '{}\n' });
    expect(await copy('.env', './a//b/c.json', 'missing')).toEqual(['.env', 'a/b/c.json']);
    expect(readFileSync(path.join(workspace, 'a/b/c.json'), 'utf8')).toBe('{}\n');
  });

  test('does not overwrite what the base brought', async () => {
    writeFileSync(path.join(workspace, '.env'), 'from the base\n');
    made.write({ '.env': 'mine\n' });
    expect(await copy('.env')).toEqual([]);
    expect(readFileSync(path.join(workspace, '.env'), 'utf8')).toBe('from the base\n');
  });

  test.each(['/etc/passwd', '../outside', 'a/../../outside', '.', '', '.git/config', 'sub/.GIT/config', 'nul\0'])('refuses %j', async (file) => {
    await expect(copy(file)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', hint: expect.stringContaining('copyFiles') as unknown });
  });

  test('refuses what is not a regular file', async () => {
    made.write({ 'folder/x': 'x\n' });
    made.link('/etc/passwd', path.join(made.root, 'link'));
    for (const file of ['folder', 'link']) await expect(copy(file)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
  });

  test('refuses to be led out of the project', async () => {
    made.write({ secret: 'x\n' }, path.join(made.folder, 'outside'));
    made.link(path.join(made.folder, 'outside'), path.join(made.root, 'linked'));
    await expect(copy('linked/secret')).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
  });

  test('refuses to be led out of the workspace by a link of the base', async () => {
    made.write({ 'config/deep/x': 'x\n' });
    mkdirSync(path.join(made.folder, 'outside'));
    made.link(path.join(made.folder, 'outside'), path.join(workspace, 'config'));
    await expect(copy('config/deep/x')).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
    expect(existsSync(path.join(made.folder, 'outside/deep'))).toBe(false);
  });
});
