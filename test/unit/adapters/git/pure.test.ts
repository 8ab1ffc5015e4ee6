import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBytePath, outputLines, parseGitPath, pathFromText, pathToBytes, pathToText, quoteGitPath, type BytePath } from '../../../../src/adapters/git/byte-path.js';
import { authorOf, committerEnvironment, NEUTRAL } from '../../../../src/adapters/git/commits.js';
import { tokenOf, workspaceName } from '../../../../src/adapters/git/folders.js';
import { gitFailure, lockFailure } from '../../../../src/adapters/git/git-failure.js';
import { requireGitVersion } from '../../../../src/adapters/git/git-version.js';
import { isLossless, summariseHidden } from '../../../../src/adapters/git/hidden-files.js';
import { parseRecord } from '../../../../src/adapters/git/records.js';
import { parseIndexDifferences, parseNameStatus, parseStage } from '../../../../src/adapters/git/tree-changes.js';
import { interpretConfig, parseConfig } from '../../../../src/adapters/git/user-settings.js';
import { parentsOf } from '../../../../src/adapters/git/work-tree-files.js';
import type { TaskId } from '../../../../src/domain/kernel/ids.js';
import type { CommandResult } from '../../../../src/ports/processes.js';

const bytePath = fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)).toString('latin1') as BytePath);

describe('paths as bytes', () => {
  it('survive quoting as printable ASCII on one line', () => {
    fc.assert(
      fc.property(bytePath, (name) => {
        const quoted = quoteGitPath(name);
        expect(quoted).toMatch(/^[ -~]*$/);
        expect(parseGitPath(quoted)).toBe(name);
      }),
    );
  });

  it('are the same text again when they are UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const name = pathFromText(text);
        expect(pathToText(name)).toBe(text);
        expect(isLossless(name)).toBe(true);
        expect(pathToBytes(name)).toEqual(Buffer.from(text));
      }),
    );
  });

  it('are read as git prints them', () => {
    expect(parseGitPath('plain/a b.txt')).toBe('plain/a b.txt');
    expect(pathToText(parseGitPath(String.raw`"caf\303\251 \"x\"\t\\\a\n"`))).toBe('café "x"\t\\\u0007\n');
    expect(isLossless(parseGitPath(String.raw`"\377"`))).toBe(false);
    expect(joinBytePath('a' as BytePath, 'b' as BytePath)).toBe('a/b');
    expect(parentsOf('a/b/c' as BytePath)).toEqual(['a', 'a/b']);
    expect(outputLines('a\n\nb\n')).toEqual(['a', 'b']);
  });

  it('are found in every list', () => {
    fc.assert(
      fc.property(fc.array(bytePath, { maxLength: 5 }), (names) => {
        const id = 'a'.repeat(40);
        expect(parseIndexDifferences(names.map((name) => `:100644 000000 ${id} ${id} D\t${quoteGitPath(name)}\n`).join(''))).toEqual(names.map((name) => ({ path: name, modeBefore: '100644', isDeleted: true })));
        expect(parseStage(names.map((name) => `120000 ${id} 0\t${quoteGitPath(name)}\n`).join(''))).toEqual(names.map((name) => ({ mode: '120000', object: id, path: name })));
        expect(parseNameStatus(names.map((name) => `T\t${quoteGitPath(name)}\n`).join(''))).toEqual(names.map((name) => ({ path: pathToText(name), status: 'type_changed' })));
      }),
    );
  });
});

describe('hidden files', () => {
  it('are named one by one, or by the folder at the top when there are too many', () => {
    expect(summariseHidden(['b/' as BytePath, 'a/x' as BytePath])).toEqual(['a/x', 'b']);
    const many = Array.from({ length: 1_500 }, (_, number) => `cache/${number}` as BytePath);
    expect(summariseHidden([...many, 'secret/x' as BytePath])).toEqual(['cache', 'secret']);
  });
});

describe('the name of a workspace', () => {
  it('gives its token back, and no other name does', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (token) => {
      expect(tokenOf(workspaceName('t-000001' as TaskId, token), 't-000001' as TaskId)).toBe(token);
    }));
    for (const name of ['t-000001', 't-000001-', 't-000001-x', 't-000001-1-2', 't-000002-1', 'check-t-000001-1', '.trash-t-000001-1']) expect(tokenOf(name, 't-000001' as TaskId)).toBeNull();
  });
});

describe('who wrote it', () => {
  it('is the agent of the last trailer', () => {
    expect(authorOf('Title\n\nAI-Agent: first\nAI-Agent: coder\n')).toEqual({ name: 'coder', email: 'coder@localhost' });
    expect(authorOf('Title AI-Agent: x\n')).toEqual(NEUTRAL);
    expect(authorOf('AI-Agent: <evil> x\n')).toEqual(NEUTRAL);
  });

  it('is committed by the user, or by ai', () => {
    expect(committerEnvironment({ identity: null })).toEqual({ GIT_COMMITTER_NAME: 'ai', GIT_COMMITTER_EMAIL: 'ai@localhost' });
  });
});

describe('the settings of the user', () => {
  const read = (output: string) => interpretConfig(parseConfig(output), (file) => file ?? 'none');

  it('are read with the last value of each key', () => {
    expect(read('user.name\nOne\0user.name\nUna\nUser\0user.email\n<u@x>\0core.autocrlf\nINPUT\0core.filemode\0filter.lfs.smudge\ngit-lfs\0filter.lfs.process\nx\0filter.a.b.smudge\ny\0core.sparsecheckout\nTrue\0extensions.partialclone\norigin\0extensions.objectformat\nsha256\0core.excludesfile\n~/i\0')).toEqual({
      identity: { name: 'UnaUser', email: 'u@x' },
      conversions: ['core.autocrlf=input', 'core.filemode=true'],
      filters: ['lfs', 'a.b'],
      isSparse: true,
      isPartialClone: true,
      objectFormat: 'sha256',
      excludes: '~/i',
    });
  });

  it('pass nothing on that is not a known value', () => {
    expect(read('core.eol\nlf\n-c alias.x=!evil\0core.autocrlf\nmaybe\0core.sharedrepository\n0660\0user.name\n<>\0user.email\nx@x\0')).toMatchObject({ identity: null, conversions: ['core.sharedrepository=0660'] });
  });

  it('never make it fail', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (output) => {
      read(output);
    }));
  });
});

describe('a record of a workspace', () => {
  const record = { base: 'a'.repeat(40), checkedOut: 'b'.repeat(64), copied: [{ path: '.env', sha256: 'x' }] };

  it('is read back', () => {
    expect(parseRecord(Buffer.from(JSON.stringify(record)))).toEqual(record);
  });

  it('is none when it is anything else', () => {
    for (const content of ['', 'null', '{}', '[1]', JSON.stringify({ ...record, base: 'main' }), JSON.stringify({ ...record, copied: [1] })]) expect(parseRecord(Buffer.from(content))).toBeNull();
    fc.assert(fc.property(fc.json(), (json) => {
      expect(parseRecord(Buffer.from(json))).toBeNull();
    }));
  });
});

describe('the version of git', () => {
  it.each(['git version 2.38.0', 'git version 2.39.5 (Apple Git-154)', 'git version 3.0.1', 'git version 2.100'])('%s will do', (output) => expect(() => requireGitVersion(output)).not.toThrow());
  it.each(['git version 2.37.9', 'git version 1.99', 'what?', ''])('%j will not', (output) => expect(() => requireGitVersion(output)).toThrow(expect.objectContaining({ code: 'GIT_FAILED' }) as Error));
});

describe('a failure of git', () => {
  const result = (change: Partial<CommandResult>): CommandResult => ({ exitCode: 128, signal: null, stdout: '', stderr: '', timedOut: false, notFound: false, durationMs: 1, ...change });

  it.each([
    [{ notFound: true }, 'GIT_MISSING', false],
    [{ timedOut: true, exitCode: null }, 'GIT_FAILED', true],
    [{ stderr: "fatal: Unable to create '/r/.git/index.lock': File exists.\n" }, 'GIT_FAILED', true],
    [{ stderr: "error: cannot lock ref 'refs/heads/x': Unable to create '/r/.git/refs/heads/x.lock': File exists.\n" }, 'GIT_FAILED', true],
    [{ stderr: 'error: unable to write file x: No space left on device\n' }, 'DISK_FULL', true],
    [{ stderr: 'error: unable to create temporary file: Read-only file system\n' }, 'READ_ONLY', false],
    [{ exitCode: null, signal: 'SIGKILL' }, 'GIT_FAILED', false],
  ] as const)('%j is %s', (change, code, retryable) => {
    expect(gitFailure(['write-tree'], result(change))).toMatchObject({ code, retryable, hint: expect.stringMatching(/./) as string });
  });

  it('names the command and the first complaint', () => {
    expect(gitFailure(['-c', 'x=y', 'read-tree', 'z'], result({ stderr: 'warning: w\nfatal: bad object z\nmore\n' })).message).toBe('`git read-tree` failed (exit 128): fatal: bad object z');
  });

  it('gives a command for a lock file of any name', () => {
    expect(lockFailure("Unable to create '/it's here/x.lock': File exists")?.hint).toContain(String.raw`rm '/it'\''s here/x.lock'`);
    expect(lockFailure('something else')).toBeNull();
  });
});
