import { existsSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyFiles } from '../../../../src/adapters/git/copy-files.js';
import { makeRepository, type TestRepository } from '../../../support/git-repository.js';

let folders: TestRepository;
const from = (): string => folders.root;
const to = (): string => path.join(folders.outside, 'to');

beforeEach(() => {
  folders = makeRepository({ '.env': 'A=1\n', 'config/local.yaml': 'x: 1\n' }, { init: null });
  folders.write({ 'to/': '', 'secret.txt': 'not ours' }, folders.outside);
});
afterEach(() => folders.dispose());

describe('copyFiles', () => {
  it('copies what exists, with its folders, once', async () => {
    const copied = await copyFiles(['.env', './config/local.yaml', '.env', 'not-there'], from(), to());
    expect(copied.map((file) => file.path)).toEqual(['.env', 'config/local.yaml']);
    expect(readFileSync(path.join(to(), 'config/local.yaml'), 'utf8')).toBe('x: 1\n');
  });

  it('leaves alone what is there', async () => {
    folders.write({ '.env': 'tracked' }, to());
    expect(await copyFiles(['.env'], from(), to())).toEqual([]);
    expect(readFileSync(path.join(to(), '.env'), 'utf8')).toBe('tracked');
  });

  it.each(['../secret.txt', '/etc/passwd', 'config/../../secret.txt', '', 'a\0b', '.git/config', 'config/.GIT/hooks/x', 'config'])('refuses %j', async (file) => {
    await expect(copyFiles([file], from(), to())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED', details: { file } });
  });

  it('refuses links in the source', async () => {
    symlinkSync(path.join(folders.outside, 'secret.txt'), path.join(from(), 'link'));
    symlinkSync(folders.outside, path.join(from(), 'folder'));
    await expect(copyFiles(['link'], from(), to())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
    await expect(copyFiles(['folder/secret.txt'], from(), to())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
  });

  it('refuses links in the target', async () => {
    symlinkSync(folders.outside, path.join(to(), 'config'));
    await expect(copyFiles(['config/local.yaml'], from(), to())).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
    expect(existsSync(path.join(folders.outside, 'local.yaml'))).toBe(false);
    symlinkSync(path.join(folders.outside, 'made'), path.join(to(), '.env'));
    expect(await copyFiles(['.env'], from(), to())).toEqual([]);
    expect(existsSync(path.join(folders.outside, 'made'))).toBe(false);
    unlinkSync(path.join(to(), '.env'));
    expect(await copyFiles(['.env'], from(), to())).toHaveLength(1);
  });
});
