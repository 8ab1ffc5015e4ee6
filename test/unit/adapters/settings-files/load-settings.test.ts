import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS_FILE } from '../../../../src/adapters/settings-files/default-file.js';
import { loadSettings, type SettingsSources } from '../../../../src/adapters/settings-files/load-settings.js';
import { parseSettings } from '../../../../src/adapters/settings-files/parse-settings.js';
import { DEFAULT_SETTINGS } from '../../../../src/domain/settings/settings.js';
import { mergeLayers } from '../../../../src/adapters/settings-files/layer.js';

let folder: string;
let userFile: string;
let projectFile: string;
let cacheFile: string;
let hashed: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ai-settings-'));
  [userFile, projectFile, cacheFile] = [path.join(folder, 'user.yaml'), path.join(folder, 'config.yaml'), path.join(folder, 'run/settings-cache.json')];
  hashed = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (changes: Partial<SettingsSources> = {}) =>
  loadSettings({
    files: [userFile, projectFile],
    cacheFile,
    version: '1.0.0',
    environment: {},
    sha256: (text) => {
      hashed += 1;
      return createHash('sha256').update(text).digest('hex');
    },
    ...changes,
  });

describe('settings in force', () => {
  it('are the defaults without any file', async () => {
    expect(await load()).toEqual(DEFAULT_SETTINGS);
  });

  it('need neither parser nor cache when the file holds comments only', async () => {
    writeFileSync(projectFile, DEFAULT_SETTINGS_FILE);
    expect(await load()).toEqual(DEFAULT_SETTINGS);
    expect(hashed).toBe(0);
    expect(existsSync(cacheFile)).toBe(false);
  });

  it('come from the repository over the user over the defaults, key by key', async () => {
    writeFileSync(userFile, 'task: {maxAttempts: 7, isolation: none}\nlease: {ttl: 5m}\n');
    writeFileSync(projectFile, 'task: {maxAttempts: 2}\nexecution: {setup: [npm ci], maxOutput: 1MiB, agent: claude}\n');
    const settings = await load();
    expect(settings.task).toEqual({ ...DEFAULT_SETTINGS.task, maxAttempts: 2, isolation: 'none' });
    expect(settings.lease.ttlMs).toBe(300_000);
    expect(settings.execution).toEqual({ ...DEFAULT_SETTINGS.execution, setup: ['npm ci'], maxOutputBytes: 1024 * 1024, agent: 'claude' });
  });

  it('let the environment win', async () => {
    writeFileSync(projectFile, 'execution: {agent: claude}\n');
    expect((await load({ environment: { AI_AGENT: 'codex' } })).execution.agent).toBe('codex');
    expect((await load({ environment: { AI_AGENT: '' } })).execution.agent).toBe('claude');
    await expect(load({ environment: { AI_AGENT: 'no such id!' } })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('the cache', () => {
  it('answers the same as the file, without reading its YAML again', async () => {
    writeFileSync(projectFile, 'lease: {ttl: 90s}\n');
    const first = await load();
    expect(statSync(cacheFile).mode & 0o777).toBe(0o600);
    // A mark in the cache shows that it is what was read.
    writeFileSync(cacheFile, readFileSync(cacheFile, 'utf8').replace('90000', '91000'));
    expect(first.lease.ttlMs).toBe(90_000);
    expect((await load()).lease.ttlMs).toBe(91_000);
  });

  it('is passed over for other text, another version, or when it is damaged', async () => {
    writeFileSync(projectFile, 'lease: {ttl: 90s}\n');
    await load();
    writeFileSync(cacheFile, readFileSync(cacheFile, 'utf8').replace('90000', '91000'));
    expect((await load({ version: '1.0.1' })).lease.ttlMs).toBe(90_000);
    writeFileSync(projectFile, 'lease: {ttl: 80s}\n');
    expect((await load()).lease.ttlMs).toBe(80_000);
    writeFileSync(cacheFile, '{"version":"1.0.0","lay');
    expect((await load()).lease.ttlMs).toBe(80_000);
  });

  it('is never made of a broken file', async () => {
    writeFileSync(projectFile, 'lease: {ttl: soon}\n');
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_SETTINGS' });
    expect(existsSync(cacheFile)).toBe(false);
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_SETTINGS' });
  });

  it('does without a folder to write to, and makes no .ai/', async () => {
    writeFileSync(projectFile, 'lease: {ttl: 90s}\n');
    expect((await load({ cacheFile: path.join(folder, 'not/there/cache.json') })).lease.ttlMs).toBe(90_000);
    expect(existsSync(path.join(folder, 'not'))).toBe(false);
  });
});

describe('a file that can not be read', () => {
  it('is named, as a folder and as too large', async () => {
    mkdirSync(projectFile);
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_SETTINGS', message: expect.stringContaining(projectFile) as string });
    rmSync(projectFile, { recursive: true });
    writeFileSync(projectFile, `#${'x'.repeat(1024 * 1024)}`);
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_SETTINGS' });
  });

  it.skipIf(process.getuid?.() === 0)('is named when it is not ours to read', async () => {
    writeFileSync(projectFile, 'lease: {}');
    chmodSync(projectFile, 0o000);
    await expect(load()).rejects.toMatchObject({ code: 'INVALID_SETTINGS' });
  });
});

describe('a broken file', () => {
  const failure = (text: string): { code: string; message: string; details: { problems: { line: number; column: number; message: string }[] } } => {
    try {
      parseSettings(text, 'config.yaml');
    } catch (error) {
      return error as never;
    }
    throw new Error('was accepted');
  };

  it.each([
    ['task:\n  maxAtempts: 3\n', 'config.yaml:2:3', 'there is no setting "task.maxAtempts"; did you mean maxAttempts?'],
    ['tsak: {}\n', 'config.yaml:1:1', 'there is no setting "tsak"; did you mean task?'],
    ['colour: red\n', 'config.yaml:1:1', 'here are task, lease, execution'],
    ['lease:\n  ttl: soon\n', 'config.yaml:2:8', 'lease.ttl: "soon" is not a duration'],
    ['lease: {ttl: 100ms}\n', 'config.yaml:1:14', 'a lease lasts from 1s to 7d'],
    ['lease: {ttl: 60}\n', 'config.yaml:1:14', 'write a duration such as 90s'],
    ['task:\n  maxAttempts: 0\n', 'config.yaml:2:16', 'task.maxAttempts'],
    ['task:\n  isolation: docker\n', 'config.yaml:2:14', 'task.isolation'],
    ['execution:\n  setup:\n    - npm ci\n    - 7\n', 'config.yaml:4:7', 'execution.setup.1'],
    ['execution: {copyFiles: [../secret]}\n', 'config.yaml:1:25', 'without ".."'],
    ['execution: {maxOutput: lots}\n', 'config.yaml:1:24', 'a size such as 256MiB'],
    ['execution: {agent: "Not An Agent"}\n', 'config.yaml:1:20', "can't name an agent"],
    ['task: [\n', 'config.yaml:2:1', ''],
    ['task: {}\ntask: {}\n', 'config.yaml:2:1', 'unique'],
    ['- just\n- a list\n', 'config.yaml:1:1', ''],
    ['just words\n', 'config.yaml:1:1', ''],
  ])('names the place: %j', (text, place, message) => {
    const error = failure(text);
    expect(error.code).toBe('INVALID_SETTINGS');
    expect(error.message.startsWith(`${place}: `), error.message).toBe(true);
    expect(error.message).toContain(message);
  });

  it('names every problem in the details', () => {
    const error = failure('lease: {ttl: soon}\ntask: {a: 1, b: 2}\n');
    expect(error.message).toContain('(and 2 more)');
    expect(error.details.problems.map((problem) => problem.line).sort()).toEqual([1, 2, 2]);
  });

  it('is not blown up by aliases', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(',')}]`)].join('\n');
    expect(failure(bomb).code).toBe('INVALID_SETTINGS');
  });
});

describe('the file that `ai init` writes', () => {
  it('holds every setting with its default, commented out', () => {
    const uncommented = DEFAULT_SETTINGS_FILE.replaceAll(/^#(?=\S)/gm, '').replaceAll(/^#(?= {2})/gm, '');
    const layer = parseSettings(uncommented, 'config.yaml');
    expect(mergeLayers(DEFAULT_SETTINGS, [layer])).toEqual(DEFAULT_SETTINGS);
    const keys = (value: object) => Object.entries(value).flatMap(([section, members]) => Object.keys(members as object).map((key) => `${section}.${key}`)).sort();
    expect(keys(layer)).toEqual(keys(DEFAULT_SETTINGS));
  });
});
