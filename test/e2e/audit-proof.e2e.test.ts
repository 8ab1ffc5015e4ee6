import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, type CommandOutput, type ControlPlane, type Json } from '../support/control-plane.js';

let plane: ControlPlane;
beforeEach(async () => {
  plane = await createControlPlane();
});
afterEach(() => plane.dispose());

const keysFolder = (): string => path.join(plane.outside, 'home/.config/ai/keys');
const databaseFile = (): string => path.join(plane.root, '.ai/state.db');

async function fill(count: number, word = 'Task'): Promise<void> {
  await answer(plane, ['task', 'import', '-'], { input: JSON.stringify(Array.from({ length: count }, (_, index) => ({ title: `${word} ${index}` }))) });
}

/** As somebody with write access to the file would: past the triggers. */
function tamper(sql: string): void {
  const database = new Database(databaseFile());
  try {
    const triggers = database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('event', 'checkpoint')").all() as { name: string }[];
    for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
    database.exec(sql);
  } finally {
    database.close();
  }
}

async function verify(...args: string[]): Promise<Json> {
  const output = await plane.ai(['--json', 'audit', 'verify', ...args]);
  return { code: output.code, ...JSON.parse(output.stdout).data };
}

/** The stand-alone program, as it is called on another machine: no HOME, no PATH, no package. */
function node(folder: string, ...args: string[]): { code: number | null; out: string } {
  const result = spawnSync(process.execPath, [path.join(folder, 'verify.mjs'), ...args], { cwd: '/', env: {}, encoding: 'utf8' });
  return { code: result.status, out: result.stdout };
}

async function exported(...args: string[]): Promise<string> {
  const folder = path.join(plane.outside, `bundle-${readdirSync(plane.outside).length}`);
  await answer(plane, ['audit', 'export', '--out', folder, ...args]);
  return folder;
}

describe('three ranges', () => {
  it('grow from unsigned over signed to anchored', async () => {
    await fill(4);
    const anchor = await answer(plane, ['audit', 'anchor'], { kind: 'audit.anchor' });
    const size = anchor.data.size as number;
    expect(await verify()).toMatchObject({ code: 0, status: 'ok', ranges: { anchored: { from: 1, to: size, count: size }, signed: null, unsigned: null } });
    await fill(3);
    await exported();
    await fill(2);
    const verdict = await verify();
    expect(verdict).toMatchObject({ code: 0, ranges: { anchored: { to: size }, signed: { from: size + 1 } } });
    expect(verdict.events).toBe(size + 5);
    expect((await plane.ai(['audit', 'verify'])).stdout).toMatch(/anchored +1 to/);
  });

  it('anchor is a chain of commits that the user’s branch and index never see', async () => {
    await fill(2);
    const first = await answer(plane, ['audit', 'anchor']);
    expect((await answer(plane, ['audit', 'anchor'])).data).toMatchObject({ commit: first.data.commit, isNew: false });
    await fill(1);
    const second = await answer(plane, ['audit', 'anchor']);
    expect(plane.git('rev-list', 'refs/ai/checkpoints').split('\n')).toEqual([second.data.commit, first.data.commit]);
    expect(plane.git('show', `${second.data.commit}:checkpoint`)).toContain(`${second.data.origin}\n${second.data.size}\n`);
    expect(plane.git('show', `${second.data.commit}:verifier-key`)).toBe((await answer(plane, ['audit', 'key'])).data.verifierKey);
    expect(plane.git('status', '--porcelain')).not.toContain('checkpoint');
  });

  it('anchors are pushed, and a remote never takes a chain that does not continue its own', async () => {
    const remote = path.join(plane.outside, 'remote.git');
    spawnSync('git', ['init', '-q', '--bare', remote]);
    plane.git('remote', 'add', 'origin', remote);
    await fill(2);
    const anchored = await answer(plane, ['audit', 'anchor', '--push', 'origin']);
    expect(spawnSync('git', ['-C', remote, 'rev-parse', 'refs/ai/checkpoints'], { encoding: 'utf8' }).stdout.trim()).toBe(anchored.data.commit);
    plane.git('update-ref', '-d', 'refs/ai/checkpoints');
    await fill(1);
    const output = await plane.ai(['--json', 'audit', 'anchor', '--push', 'origin']);
    expect(output.code).toBe(1);
    expect(JSON.parse(output.stdout).error).toMatchObject({ code: 'GIT_FAILED' });
    await refusal(plane, ['audit', 'anchor', '--push', 'nowhere'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['audit', 'anchor', '--push', '--upload-pack=touch x'], { code: 2, error: 'INVALID_INPUT' });
  });

  it('nothing that the repository configures runs while anchoring and pushing', async () => {
    const remote = path.join(plane.outside, 'remote.git');
    spawnSync('git', ['init', '-q', '--bare', remote]);
    plane.git('remote', 'add', 'origin', remote);
    const trap = path.join(plane.outside, 'trap');
    const touched = path.join(plane.outside, 'touched');
    writeFileSync(trap, `#!/bin/sh\necho ran >> '${touched}'\n`);
    chmodSync(trap, 0o755);
    for (const [name, value] of [['core.hooksPath', path.join(plane.outside, 'hooks')], ['core.fsmonitor', trap], ['gpg.program', trap], ['commit.gpgSign', 'true'], ['core.sshCommand', trap], ['credential.helper', trap], ['remote.origin.receivepack', trap]] as const) plane.git('config', name, value);
    mkdirSync(path.join(plane.outside, 'hooks'));
    for (const hook of ['reference-transaction', 'pre-push', 'post-commit', 'pre-commit']) copyFileSync(trap, path.join(plane.outside, 'hooks', hook));
    await fill(1);
    await answer(plane, ['audit', 'anchor', '--push', 'origin']);
    await verify();
    expect(existsSync(touched)).toBe(false);
  });
});

describe('a log that was changed after it was signed', () => {
  beforeEach(async () => {
    await fill(6);
    await answer(plane, ['audit', 'anchor']);
    await fill(2, 'Later');
  });

  /** Recomputes the chain, as somebody would who knows how the log is made. */
  function rewriteFrom(seq: number, change: string): void {
    const script = `
      import Database from 'better-sqlite3';
      import { createHash } from 'node:crypto';
      const db = new Database(process.argv[1]);
      const canonical = (v) => v === null || typeof v !== 'object' ? JSON.stringify(v) : Array.isArray(v) ? '[' + v.map(canonical).join(',') + ']' : '{' + Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canonical(v[k])).join(',') + '}';
      let prev = db.prepare('SELECT hash FROM event WHERE seq = ?').pluck().get(${seq} - 1) ?? '0'.repeat(64);
      for (const row of db.prepare('SELECT * FROM event WHERE seq >= ? ORDER BY seq').all(${seq})) {
        const hash = createHash('sha256').update('\\0' + canonical({ actor: row.actor, at: row.at, data: JSON.parse(row.data), prev, run: row.run, seq: row.seq, task: row.task, token: row.token, type: row.type })).digest('hex');
        db.prepare('UPDATE event SET prev = ?, hash = ? WHERE seq = ?').run(prev, hash, row.seq);
        prev = hash;
      }
      db.prepare("UPDATE meta SET text = ?, number = (SELECT max(seq) FROM event) WHERE name = 'head'").run(prev);
    `;
    tamper(change);
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script, databaseFile()], { encoding: 'utf8', cwd: path.resolve('.') });
    if (result.status !== 0) throw new Error(result.stderr);
  }

  it.each([
    ['an edited event', "UPDATE event SET data = replace(data, 'Task 2', 'Task X') WHERE seq = 3", 3],
    ['an event with another author', "UPDATE event SET actor = 'user:mallory' WHERE seq = 4", 4],
    ['a removed event', 'DELETE FROM event WHERE seq = 5', 5],
    ['two events that changed places', 'UPDATE event SET seq = 1000 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 1000', 2],
    ['an inserted event', 'UPDATE event SET seq = seq + 1000 WHERE seq >= 4; UPDATE event SET seq = seq - 999 WHERE seq >= 1000; INSERT INTO event SELECT 4, at, actor, type, task, run, token, data, prev, hash FROM event WHERE seq = 3', 4],
    ['a cut tail', 'DELETE FROM event WHERE seq >= 4', 4],
  ])('%s is found, and the first bad event is named', async (_name, sql, first) => {
    tamper(sql);
    expect(await verify()).toMatchObject({ code: 1, status: 'bad', firstBadSeq: first });
  });

  it('an event that was edited with the whole chain made new is found by the signed root', async () => {
    rewriteFrom(3, "UPDATE event SET data = replace(data, 'Task 2', 'Task X') WHERE seq = 3");
    const verdict = await verify();
    expect(verdict).toMatchObject({ code: 1, firstBadSeq: 1, headSeq: expect.any(Number) as number });
    expect(verdict.problem).toContain('were rewritten');
  });

  it('the same is found from the anchors alone, with every checkpoint and memory gone', async () => {
    rewriteFrom(3, "UPDATE event SET data = replace(data, 'Task 2', 'Task X') WHERE seq = 3; DELETE FROM checkpoint");
    for (const name of readdirSync(keysFolder())) if (name.endsWith('.note') || name.endsWith('.place')) rmSync(path.join(keysFolder(), name));
    expect(await verify()).toMatchObject({ code: 1, problem: expect.stringContaining('the anchor') as string });
    const output = await plane.ai(['--json', 'audit', 'anchor']);
    expect(JSON.parse(output.stdout).error.code).toBe('VERIFICATION_FAILED');
  });

  it('a tail that was cut cleanly, head and all, is found by what was signed about it', async () => {
    rewriteFrom(5, 'DELETE FROM event WHERE seq >= 5');
    expect(await verify()).toMatchObject({ code: 1, firstBadSeq: 5, problem: expect.stringContaining('are missing') as string });
    plane.git('update-ref', '-d', 'refs/ai/checkpoints');
    tamper('DELETE FROM checkpoint');
    expect(await verify()).toMatchObject({ code: 1, firstBadSeq: 5, problem: expect.stringContaining('signed here') as string });
  });

  it('what was not signed yet can be cut without a trace, and is called unsigned until then', async () => {
    const before = await verify();
    rewriteFrom(before.ranges.unsigned.from, `DELETE FROM event WHERE seq >= ${before.ranges.unsigned.from}`);
    expect(await verify()).toMatchObject({ code: 0, status: 'ok', ranges: { unsigned: null } });
  });

  it('a database that was replaced is found, with and without anchors', async () => {
    for (const name of readdirSync(path.join(plane.root, '.ai')).filter((file) => file.startsWith('state.db'))) renameSync(path.join(plane.root, '.ai', name), path.join(plane.outside, name));
    await answer(plane, ['init']);
    await fill(9);
    expect(await verify()).toMatchObject({ code: 1, firstBadSeq: 1, problem: expect.stringContaining('replaced') as string });
    plane.git('update-ref', '-d', 'refs/ai/checkpoints');
    expect(await verify()).toMatchObject({ code: 1, firstBadSeq: 1, problem: expect.stringContaining('replaced') as string });
    const output = await plane.ai(['--json', 'audit', 'export', '--out', path.join(plane.outside, 'never')]);
    expect(JSON.parse(output.stdout).error.code).toBe('VERIFICATION_FAILED');
  });

  it('two copies that went on separately are told apart: the second is not signed, and does not verify against the first', async () => {
    const copy = path.join(plane.outside, 'copy');
    cpSync(plane.root, copy, { recursive: true });
    await fill(3, 'Here');
    await answer(plane, ['audit', 'anchor']);
    await plane.json(['task', 'create', 'There'], { cwd: copy });
    await plane.json(['task', 'create', 'There too'], { cwd: copy });
    await plane.json(['task', 'create', 'There three'], { cwd: copy });
    await plane.json(['task', 'create', 'There four'], { cwd: copy });
    const signing = await plane.ai(['--json', 'audit', 'anchor'], { cwd: copy });
    expect(JSON.parse(signing.stdout).error.code).toBe('VERIFICATION_FAILED');
    spawnSync('git', ['-C', copy, 'fetch', '-q', plane.root, '+refs/ai/checkpoints:refs/ai/other']);
    const verdict = await plane.ai(['--json', 'audit', 'verify', '--from-anchor', 'refs/ai/other'], { cwd: copy });
    expect(verdict.code).toBe(1);
    expect(JSON.parse(verdict.stdout).data.problem).toContain('two copies');
  });

  it('a checkpoint of another key, an edited one and a forged anchor are found', async () => {
    tamper("UPDATE checkpoint SET note = replace(note, '— ai/', '— ai/f')");
    expect(await verify()).toMatchObject({ code: 1 });
    tamper('DELETE FROM checkpoint');
    expect(await verify()).toMatchObject({ code: 0 });
    const blob = spawnSync('git', ['-C', plane.root, 'hash-object', '-w', '--stdin'], { input: plane.git('show', 'refs/ai/checkpoints:checkpoint').replace(/^\d+$/m, '2') + '\n', encoding: 'utf8' }).stdout.trim();
    const tree = spawnSync('git', ['-C', plane.root, 'mktree'], { input: `100644 blob ${blob}\tcheckpoint\n`, encoding: 'utf8' }).stdout.trim();
    plane.git('update-ref', 'refs/ai/checkpoints', plane.git('commit-tree', '-m', 'x', tree));
    expect(await verify()).toMatchObject({ code: 1, problem: expect.stringContaining('anchor') as string });
  });

  it('without its key it is undecidable: exit code 2; the public key decides it again', async () => {
    const { verifierKey } = (await answer(plane, ['audit', 'key'])).data;
    renameSync(keysFolder(), `${keysFolder()}-away`);
    const verdict = await verify();
    expect(verdict).toMatchObject({ code: 2, status: 'undecidable', ok: false, firstBadSeq: null });
    expect(verdict.undecided[0]).toContain('--key');
    expect(await verify('--key', verifierKey)).toMatchObject({ code: 0, status: 'ok' });
    await refusal(plane, ['audit', 'verify', '--key', 'nonsense'], { code: 2, error: 'INVALID_INPUT' });
    expect(await verify('--key', verifierKey, '--from-anchor', 'refs/heads/nowhere')).toMatchObject({ code: 2, undecided: [expect.stringContaining('no ref') as string] });
  });

  it('a key that others may read is not used', async () => {
    const key = readdirSync(keysFolder()).find((name) => name.endsWith('.key'))!;
    expect(statSync(path.join(keysFolder(), key)).mode & 0o777).toBe(0o600);
    chmodSync(path.join(keysFolder(), key), 0o644);
    await refusal(plane, ['audit', 'export', '--out', path.join(plane.outside, 'x')], { code: 4, error: 'CREDENTIALS' });
    expect(await verify()).toMatchObject({ code: 2 });
  });
});

describe('a bundle', () => {
  it('holds by itself: the whole log, a task, what came since, each format', async () => {
    await fill(5);
    const task = (await answer(plane, ['task', 'create', 'The one'])).data.id as string;
    await answer(plane, ['audit', 'anchor']);
    await answer(plane, ['task', 'claim', task, '--as', 'w']);
    const { verifierKey } = (await answer(plane, ['audit', 'key'])).data;
    for (const args of [[], ['--task', task], ['--since', '3'], ['--format', 'ocsf'], ['--format', 'in-toto', '--task', task]]) {
      const folder = await exported(...args);
      expect(node(folder), args.join(' ')).toMatchObject({ code: 0 });
      expect(node(folder, '--key', verifierKey).out).toContain('the one that you gave');
      expect(node(folder, '--key', verifierKey.replace('+', '+0'))).toMatchObject({ code: 1 });
      const verdict = await answer(plane, ['audit', 'verify', '--bundle', folder], { kind: 'audit.verify-bundle' });
      expect(verdict.data).toMatchObject({ ok: true, keyFrom: 'this machine', whole: args.length === 0 || args[1] === 'ocsf' });
    }
    const part = await exported('--task', task);
    expect(readFileSync(path.join(part, 'events.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line).type)).toEqual(['task.created', 'task.claimed']);
  });

  it.each<[string, string[], (folder: string) => void]>([
    ['an edited event', [], (folder) => edit(folder, 'events.jsonl', (text) => text.replace('Task 1', 'Task X'))],
    ['a removed event', [], (folder) => edit(folder, 'events.jsonl', (text) => text.split('\n').slice(1).join('\n'))],
    ['a cut tail', [], (folder) => edit(folder, 'events.jsonl', (text) => `${text.trim().split('\n').slice(0, -1).join('\n')}\n`)],
    ['two events that changed places', [], (folder) => edit(folder, 'events.jsonl', (text) => text.trim().split('\n').reverse().join('\n'))],
    ['an event twice', [], (folder) => appendFileSync(path.join(folder, 'events.jsonl'), readFileSync(path.join(folder, 'events.jsonl'), 'utf8').split('\n')[0]!)],
    ['an edited event of a selection', ['--since', '2'], (folder) => edit(folder, 'events.jsonl', (text) => text.replace('Task 2', 'Task X'))],
    ['a false proof', ['--since', '2'], (folder) => edit(folder, 'proofs.jsonl', (text) => text.replace('"proof":["A', '"proof":["B').replace(/"proof":\["[^A]/, '"proof":["A'))],
    ['no proofs', ['--since', '2'], (folder) => rmSync(path.join(folder, 'proofs.jsonl'))],
    ['a selection that calls itself the whole', ['--since', '2'], (folder) => edit(folder, 'bundle.json', (text) => text.replace(/"selection":\{[^}]*\}/, '"selection":null'))],
    ['an edited checkpoint', [], (folder) => edit(folder, 'checkpoint.txt', (text) => text.replace(/\n\d+\n/, '\n3\n'))],
    ['another key', [], (folder) => edit(folder, 'key.txt', () => 'ai/0123456789abcdef+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n')],
    ['no checkpoint', [], (folder) => rmSync(path.join(folder, 'checkpoint.txt'))],
    ['no events', [], (folder) => rmSync(path.join(folder, 'events.jsonl'))],
    ['lines that are no JSON', [], (folder) => edit(folder, 'events.jsonl', () => 'x\n')],
  ])('with %s does not hold, for both verifiers', async (_name, args, change) => {
    await fill(6);
    const folder = await exported(...args);
    expect(node(folder).code).toBe(0);
    change(folder);
    const result = node(folder);
    expect(result.code).toBe(1);
    expect(result.out).toMatch(/^BAD: /);
    const verdict = await answer(plane, ['audit', 'verify', '--bundle', folder], { code: 1, kind: 'audit.verify-bundle' });
    expect(verdict.data.ok).toBe(false);
    expect(verdict.data.problem).toMatch(/\S/);
  });

  it('is refused over other files, of nothing, and of an altered log', async () => {
    await refusal(plane, ['audit', 'export', '--format', 'xml'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['audit', 'export', '--format', 'in-toto'], { code: 2, error: 'USAGE' });
    await fill(3);
    await refusal(plane, ['audit', 'export', '--out', plane.root], { code: 5, error: 'ALREADY_EXISTS' });
    tamper("UPDATE event SET actor = 'user:mallory' WHERE seq = 2");
    for (const name of ['no', 'no.jsonl', 'no']) {
      const output = await plane.ai(['--json', 'audit', 'export', '--out', path.join(plane.outside, name)]);
      expect({ code: output.code, error: JSON.parse(output.stdout).error.code }).toEqual({ code: 1, error: 'VERIFICATION_FAILED' });
    }
  });
});

describe('secrets', () => {
  it('in events from before redaction reach no export: their content is withheld, and the proof holds', async () => {
    const canary = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const own = 'correct-horse-battery-staple';
    await fill(2);
    // Into the chain itself, as an older version would have written it.
    rmSync(keysFolder(), { recursive: true, force: true });
    tamper('DELETE FROM checkpoint');
    tamper(`UPDATE event SET data = replace(data, 'Task 1', 'see ${canary} and ${own}') WHERE data LIKE '%Task 1%'`);
    const bare = spawnSync(process.execPath, ['--input-type=module', '-e', `
      import Database from 'better-sqlite3'; import { createHash } from 'node:crypto';
      const db = new Database(process.argv[1]); const canonical = (v) => v === null || typeof v !== 'object' ? JSON.stringify(v) : Array.isArray(v) ? '[' + v.map(canonical).join(',') + ']' : '{' + Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canonical(v[k])).join(',') + '}';
      let prev = '0'.repeat(64);
      for (const row of db.prepare('SELECT * FROM event ORDER BY seq').all()) { const hash = createHash('sha256').update('\\0' + canonical({ actor: row.actor, at: row.at, data: JSON.parse(row.data), prev, run: row.run, seq: row.seq, task: row.task, token: row.token, type: row.type })).digest('hex'); db.prepare('UPDATE event SET prev = ?, hash = ? WHERE seq = ?').run(prev, hash, row.seq); prev = hash; }
      db.prepare("UPDATE meta SET text = ? WHERE name = 'head'").run(prev);`, databaseFile()], { cwd: path.resolve('.'), encoding: 'utf8' });
    expect(bare.stderr).toBe('');
    const env = { MY_PASSWORD: own };
    for (const [index, format] of ['jsonl', 'ocsf'].entries()) {
      const folder = path.join(plane.outside, `secret-${index}`);
      await plane.json(['audit', 'export', '--format', format, '--out', folder], { env });
      expect(node(folder)).toMatchObject({ code: 0, out: expect.stringContaining('withheld') as string });
      const printed: CommandOutput = await plane.ai(['audit', 'export', '--format', format], { env });
      expect(printed.code).toBe(0);
      const everything = [printed.stdout, printed.stderr, ...readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'))].join('\n');
      for (const secret of [canary, own, Buffer.from(own).toString('base64')]) expect(everything.includes(secret)).toBe(false);
    }
  });
});

describe('evidence of a task', () => {
  it('becomes signed statements about its commits, and notes at what landed, once', async () => {
    await plane.json(['agent', 'register', 'worker', '--connector', 'command', '--', '/bin/sh', '-c', 'echo made > made.txt']);
    const task = (await answer(plane, ['task', 'create', 'Make it', '--lock', 'made.txt', '--verify', 'test -s made.txt'])).data.id as string;
    await answer(plane, ['task', 'execute', task]);
    expect((await answer(plane, ['audit', 'export', '--task', task, '--to-notes'], { kind: 'audit.notes' })).data).toEqual([]);
    await answer(plane, ['task', 'merge', task]);
    const noted = await answer(plane, ['audit', 'export', '--task', task, '--to-notes'], { kind: 'audit.notes' });
    const head = plane.git('rev-parse', 'HEAD');
    expect(noted.data).toMatchObject([{ commit: head }]);
    expect(noted.data[0].added).toBeGreaterThanOrEqual(2);
    expect((await answer(plane, ['audit', 'export', '--task', task, '--to-notes'])).data).toEqual([{ commit: head, added: 0 }]);
    const statements = plane.git('notes', '--ref=ai', 'show', head).split('\n').map((line) => JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString()));
    expect(statements.map((statement: Json) => statement.predicateType).slice(0, 2)).toEqual(['urn:ai-control-plane:predicate:run:v1', 'https://in-toto.io/attestation/test-result/v0.1']);
    for (const statement of statements) expect(statement).toMatchObject({ _type: 'https://in-toto.io/Statement/v1', subject: [{ digest: { gitCommit: head } }, { digest: { gitTree: plane.git('rev-parse', 'HEAD^{tree}') } }] });
    expect(statements[1].predicate).toMatchObject({ result: 'PASSED', passedTests: ['test -s made.txt'], failedTests: [] });
    const folder = await exported('--format', 'in-toto', '--task', task);
    expect(node(folder).out).toMatch(/statements +\d+, all signed/);
    edit(folder, 'statements.jsonl', (text) => text.replace('"payload":"e', '"payload":"f'));
    expect(node(folder).code).toBe(1);
  });
});

function edit(folder: string, name: string, change: (text: string) => string): void {
  const file = path.join(folder, name);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}
