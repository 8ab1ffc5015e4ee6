import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditAnchors } from '../../../../src/adapters/audit-anchors/audit-anchors.js';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import type { Anchor, AuditAnchors } from '../../../../src/ports/audit-anchors.js';
import { temporaryRepository, type TemporaryRepository } from '../../../support/temporary-repository.js';

let repository: TemporaryRepository;
let anchors: AuditAnchors;
beforeEach(() => {
  repository = temporaryRepository();
  const processes = createProcesses();
  anchors = createAuditAnchors({ cwd: repository.root, environment: repository.environment, run: (order) => processes.run(order) });
});
afterEach(() => repository.close());

const add = (text: string, previous: Anchor | null, atMs = 1_700_000_000_000): Promise<Anchor> => anchors.addAnchor({ note: text, verifierKey: 'key', previous: previous?.commit ?? null, atMs });

describe('the chain of anchors', () => {
  it('grows by one commit each, newest first, with notes to the byte', async () => {
    expect(await anchors.listAnchors(anchors.ref, 10)).toBeNull();
    const first = await add('ai/x\n1\nä\n\n— ai/x abc\n', null);
    const second = await add('ai/x\n2\n\n\n', first);
    expect(await anchors.listAnchors(anchors.ref, 10)).toEqual([second, first]);
    expect(await anchors.listAnchors(anchors.ref, 1)).toEqual([second]);
    expect(await anchors.listAnchors(first.commit, 10)).toEqual([first]);
    expect(repository.git('log', '-1', '--format=%an %ae %ad %s', '--date=unix', second.commit).trim()).toBe('ai ai@localhost 1700000000 Checkpoint of 2 events');
    expect(repository.git('status', '--porcelain').trim()).toBe('');
  });

  it('is not moved by whoever was slower', async () => {
    const first = await add('a\n1\n', null);
    await expect(add('b\n1\n', null)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    const second = await add('c\n2\n', first);
    await expect(add('d\n2\n', first)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    expect((await anchors.listAnchors(anchors.ref, 10))?.[0]).toEqual(second);
    const raced = await Promise.allSettled(Array.from({ length: 4 }, (_, index) => add(`e\n${3 + index}\n`, second)));
    expect(raced.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('shows every commit, whatever the repository is made to believe', async () => {
    const first = await add('a\n1\n', null);
    const second = await add('b\n2\n', first);
    const third = await add('c\n3\n', second);
    repository.git('replace', third.commit, first.commit);
    writeFileSync(path.join(repository.root, '.git/info/grafts'), `${third.commit} ${first.commit}\n`);
    expect(await anchors.listAnchors(anchors.ref, 10)).toEqual([third, second, first]);
  });

  it('is told apart from other refs, and names of none', async () => {
    await expect(anchors.listAnchors('refs/heads/main', 10)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    for (const ref of ['', '--all', 'a b', 'a..b', 'x\ny', 'a^{tree}', ':/x']) await expect(anchors.listAnchors(ref, 10), ref).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await anchors.listAnchors('refs/heads/nowhere', 10)).toBeNull();
  });
});

describe('evidence at commits', () => {
  it('is kept as lines under its own ref, to the byte', async () => {
    const commit = repository.head();
    expect(await anchors.readEvidence(commit)).toEqual([]);
    await anchors.writeEvidence(commit, { lines: ['{"a":"  "}', '# no comment'], atMs: 1_700_000_000_000 });
    expect(await anchors.readEvidence(commit)).toEqual(['{"a":"  "}', '# no comment']);
    await anchors.writeEvidence(commit, { lines: ['x'], atMs: 1_700_000_000_000 });
    expect(await anchors.readEvidence(commit)).toEqual(['x']);
    expect(repository.git('for-each-ref', '--format=%(refname)').trim().split('\n')).toEqual(['refs/heads/main', 'refs/notes/ai']);
  });

  it('knows the tree of a commit that is there', async () => {
    expect(await anchors.treeOf(repository.head())).toBe(repository.git('rev-parse', 'HEAD^{tree}').trim());
    expect(await anchors.treeOf('0'.repeat(40))).toBeNull();
    expect(await anchors.treeOf('--help')).toBeNull();
  });
});

describe('pushing', () => {
  it('needs an anchor, and a remote that is one', async () => {
    await expect(anchors.push('origin')).rejects.toMatchObject({ code: 'INVALID_INPUT', hint: 'ai audit anchor' });
    await add('a\n1\n', null);
    for (const remote of ['origin', '-x', '', 'a b']) await expect(anchors.push(remote)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(anchors.push('ext::sh -c touch% x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(anchors.push('ext::sh')).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('goes to a path, without a trace in the repository', async () => {
    const remote = path.join(repository.folder, 'remote.git');
    repository.git('init', '--quiet', '--bare', remote);
    const first = await add('a\n1\n', null);
    await anchors.push('../remote.git');
    const second = await add('b\n2\n', first);
    await anchors.push(remote);
    expect(repository.gitIn(remote, 'rev-parse', anchors.ref).trim()).toBe(second.commit);
  });
});
