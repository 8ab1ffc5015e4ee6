import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readText } from '../../../../src/cli/commands/read-text.js';
import type { Io } from '../../../../src/cli/io.js';
import { recordSession, NO_GLOBALS } from '../recording-io.js';

const folder = mkdtempSync(path.join(tmpdir(), 'ai-read-text-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function context(): { readonly io: Io; readonly host: ReturnType<typeof recordSession>['host'] } {
  const session = recordSession({ cwd: folder });
  return { host: session.host, io: { ...session.openIo(NO_GLOBALS), readStdin: async (maxBytes) => `stdin, at most ${maxBytes}` } };
}

const read = (source: string, maxBytes = 1_000): Promise<string> => readText(context(), source, maxBytes);

describe('a text that an option names', () => {
  it('is a file, relative to the current folder, byte for byte', async () => {
    writeFileSync(path.join(folder, 'größe.md'), 'ä\r\n\u0001 日本\n');
    expect(await read('größe.md')).toBe('ä\r\n\u0001 日本\n');
    expect(await read(path.join(folder, 'größe.md'))).toHaveLength(8);
  });

  it('is stdin for -', async () => {
    expect(await read('-', 77)).toBe('stdin, at most 77');
  });

  it('may be exactly as large as the limit, in bytes, and over several chunks', async () => {
    writeFileSync(path.join(folder, 'large.txt'), 'é'.repeat(100_000));
    expect(await read('large.txt', 200_000)).toHaveLength(100_000);
    await expect(read('large.txt', 199_999)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: '"large.txt" holds more than 199999 bytes, which is the limit here.' });
  });

  it('is read to the limit only, also from a file without an end', async () => {
    await expect(read('/dev/zero', 1_000_000)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    ['that is not there', 'missing.txt', 'FILE_NOT_FOUND'],
    ['below a file', 'plain.txt/x', 'FILE_NOT_FOUND'],
    ['that is a folder', '.', 'INVALID_INPUT'],
    ['with a name that is too long', 'x'.repeat(5_000), 'INVALID_INPUT'],
    ['with a NUL in its name', 'a\0b', 'INVALID_INPUT'],
    ['in another encoding', 'latin1.txt', 'INVALID_INPUT'],
  ])('can not be one %s', async (_name, source, code) => {
    writeFileSync(path.join(folder, 'plain.txt'), 'x');
    writeFileSync(path.join(folder, 'latin1.txt'), Uint8Array.from([0xe4]));
    await expect(read(source)).rejects.toMatchObject({ name: 'AiError', code });
  });

  it.skipIf(process.getuid?.() === 0)('can not be one that may not be read', async () => {
    writeFileSync(path.join(folder, 'secret.txt'), 'x');
    chmodSync(path.join(folder, 'secret.txt'), 0);
    await expect(read('secret.txt')).rejects.toMatchObject({ code: 'INVALID_INPUT', message: '"secret.txt" can\'t be read: permission denied.' });
  });
});
