import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSigningKeys, sha256, type SigningKeysOptions } from '../../../../src/adapters/signing-key/signing-keys.js';
import { utf8 } from '../../../../src/domain/audit/bytes.js';
import type { SigningKeys } from '../../../../src/ports/signing-key.js';

const ORIGIN = 'ai/0123456789abcdef';
let outside: string;
beforeEach(() => {
  outside = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-keys-')));
  mkdirSync(path.join(outside, 'project'));
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const folder = (): string => path.join(outside, 'config/ai/keys');
const keyFile = (): string => path.join(folder(), 'ai-0123456789abcdef.key');
const keys = (more: Partial<SigningKeysOptions> = {}): SigningKeys => createSigningKeys({ folder: folder(), database: path.join(outside, 'project/.ai/state.db'), projectRoot: path.join(outside, 'project'), uid: process.getuid?.() ?? null, ...more });

describe('the signing key', () => {
  it('is made once, private, and signs what its public part verifies', async () => {
    expect(await keys().find(ORIGIN)).toBeNull();
    expect(existsSync(folder())).toBe(false);
    const made = await keys().findOrCreate(ORIGIN);
    const found = await keys().findOrCreate(ORIGIN);
    expect(found.key).toEqual(made.key);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder())).toEqual(['ai-0123456789abcdef.key']);
    const message = utf8('message');
    const signature = made.sign(message);
    expect(keys().verify(found.key.publicKey, message, signature)).toBe(true);
    expect(keys().verify(found.key.publicKey, utf8('other'), signature)).toBe(false);
    expect(keys().verify(new Uint8Array(32).fill(255), message, signature)).toBe(false);
    expect(keys().verify(new Uint8Array(3), message, signature)).toBe(false);
  });

  it('is the same for all that make it at once', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => keys().findOrCreate(ORIGIN)));
    expect(new Set(made.map(({ key }) => Buffer.from(key.publicKey).toString('hex'))).size).toBe(1);
    expect(readdirSync(folder())).toHaveLength(1);
  });

  it.each<[string, (file: string) => void]>([
    ['that the group may read', (file) => chmodSync(file, 0o640)],
    ['that everybody may read', (file) => chmodSync(file, 0o604)],
    ['that is a link', (file) => [renameSync(file, `${file}-real`), symlinkSync(`${file}-real`, file)]],
    ['that is a folder', (file) => [rmSync(file), mkdirSync(file, { mode: 0o700 })]],
    ['that holds no key', (file) => writeFileSync(file, 'nonsense')],
    ['that holds nothing', (file) => writeFileSync(file, '')],
    ['that is huge', (file) => writeFileSync(file, Buffer.alloc(100_000))],
    ['that holds a key of another kind', (file) => writeFileSync(file, '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----\n')],
  ])('a file %s is refused, and left as it is', async (_name, change) => {
    await keys().findOrCreate(ORIGIN);
    change(keyFile());
    await expect(keys().find(ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIALS', hint: expect.any(String) as string });
    await expect(keys().findOrCreate(ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIALS' });
  });

  it('of another user, or in a folder that others may write to, is refused', async () => {
    await keys().findOrCreate(ORIGIN);
    await expect(keys({ uid: 12_345 }).find(ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIALS' });
    rmSync(keyFile());
    chmodSync(folder(), 0o777);
    await expect(keys().findOrCreate(ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIALS' });
    expect(readdirSync(folder())).toEqual([]);
  });

  it('is never kept within the repository, nor through a link into it, nor nowhere', async () => {
    symlinkSync(path.join(outside, 'project'), path.join(outside, 'link'));
    for (const inside of ['project/keys', 'link/keys', 'project']) await expect(keys({ folder: path.join(outside, inside) }).findOrCreate(ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIALS' });
    await expect(keys({ folder: null }).findOrCreate(ORIGIN)).rejects.toMatchObject({ code: 'CREDENTIALS' });
    expect(await keys({ folder: null }).find(ORIGIN)).toBeNull();
    await keys({ folder: path.join(outside, 'project-keys') }).findOrCreate(ORIGIN);
  });

  it('is only of a log: no name leads to another file', async () => {
    for (const origin of ['../../x', 'ai/../../etc', 'ai/0123', '', 'ai/0123456789abcdeF']) await expect(keys().findOrCreate(origin)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('the memory of what was signed', () => {
  it('is by log and by place; the place keeps the first', async () => {
    expect(await keys().lastSigned(ORIGIN)).toBeNull();
    expect(await keys().lastOrigin()).toBeNull();
    await keys().remember(ORIGIN, 'note 1\n');
    await keys().remember(ORIGIN, 'note 2\n');
    await keys().remember('ai/ffffffffffffffff', 'other\n');
    expect(await keys().lastSigned(ORIGIN)).toBe('note 2\n');
    expect(await keys().lastOrigin()).toBe(ORIGIN);
    expect(await keys({ database: path.join(outside, 'elsewhere.db') }).lastOrigin()).toBeNull();
    for (const name of readdirSync(folder())) expect(statSync(path.join(folder(), name)).mode & 0o777).toBe(0o600);
  });

  it('says what is wrong when it can not be written', async () => {
    writeFileSync(path.join(outside, 'config'), 'in the way');
    await expect(keys().remember(ORIGIN, 'x')).rejects.toThrow();
  });
});

it('hashes as everybody does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(Buffer.from(sha256(bytes)).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    }),
  );
});
