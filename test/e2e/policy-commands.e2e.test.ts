import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';

const POLICY = `policy: 1
name: shop
teams: { owners: [anna, bert] }
rules:
  - id: money
    effect: ask
    on: [path.write, commit]
    paths: ["src/billing/**"]
    overridable: [task]
    why: An owner reads every change to money code.
    examples:
      - { expect: ask, path: src/billing/tax.ts }
      - { expect: none, path: src/app.ts }
  - id: no-force
    effect: deny
    locked: true
    on: [command.run]
    command: { starts: [git, push], any: ["--force"] }
    examples:
      - { expect: deny, command: git push --force }
      - { expect: none, command: git push }
  - id: no-secrets
    effect: deny
    on: [path.write, commit]
    paths: ["**/*.pem"]
    examples:
      - { expect: deny, path: keys/a.pem }
  - id: risky-claims
    effect: ask
    on: [task.claim]
    when: 'task.risk == "high"'
    overridable: [task]
`;
const FILES = { 'README.md': '# Shop\n', 'src/app.ts': 'x\n', 'src/billing/tax.ts': 'x\n', '.ai/policy.yaml': POLICY };

let plane: ControlPlane;
const json = (args: readonly string[], expected: Parameters<typeof answer>[2] = {}): Promise<Json> => answer(plane, args, expected);

async function withPolicy(): Promise<void> {
  plane = await createControlPlane({ files: FILES });
  await plane.json(['agent', 'register', 'coder', '--connector', 'command', '--role', 'coder', '--', 'true']);
}

describe('writing a policy', () => {
  afterEach(() => plane.dispose());

  it('begins with a pack, which is never written over one that is there', async () => {
    plane = await createControlPlane();
    await refusal(plane, ['policy', 'validate'], { code: 2, error: 'INVALID_POLICY' });
    const printed = await plane.ai(['policy', 'init', '--pack', 'strict', '--print']);
    expect({ code: printed.code, isThere: existsSync(path.join(plane.root, '.ai/policy.yaml')) }).toEqual({ code: 0, isThere: false });
    expect(printed.stdout).toMatch(/^policy: 1$/m);
    const written = await json(['policy', 'init'], { kind: 'policy.init' });
    expect(written.data).toMatchObject({ pack: 'default', path: '.ai/policy.yaml', packs: ['ci', 'default', 'open-source', 'strict'], text: null });
    const before = plane.read('.ai/policy.yaml');
    await refusal(plane, ['policy', 'init', '--pack', 'strict'], { code: 5, error: 'ALREADY_EXISTS' });
    expect(plane.read('.ai/policy.yaml')).toBe(before);
    await refusal(plane, ['policy', 'init', '--pack', 'lax'], { code: 3, error: 'FILE_NOT_FOUND' });
    const validated = await json(['policy', 'validate'], { kind: 'policy.validate' });
    expect(validated.data.ok).toBe(true);
    expect(validated.data.findings.map(({ code }: Json) => code)).toContain('uncommitted');
  });

  it.each(['default', 'strict', 'open-source', 'ci'])('ships the pack %s valid, with examples that hold', async (pack) => {
    plane = await createControlPlane();
    const { stdout } = await plane.ai(['policy', 'init', '--pack', pack, '--print']);
    const validated = await json(['policy', 'validate', '-'], { input: stdout });
    expect(validated.data).toMatchObject({ ok: true, examples: { failed: [] } });
    expect(validated.data.examples.run).toBeGreaterThan(0);
  });
});

describe('understanding a policy', () => {
  beforeAll(withPolicy);
  afterAll(() => plane.dispose());

  it('validates with 0, with 1 for what is not as it says, and with 2 for what can not be used', async () => {
    expect((await json(['policy', 'validate'])).data).toMatchObject({ ok: true, examples: { run: 5, failed: [] } });
    plane.write('wrong.yaml', POLICY.replace('expect: none, path: src/app.ts', 'expect: none, path: src/billing/x.ts'));
    const failed = await json(['policy', 'validate', 'wrong.yaml'], { code: 1 });
    expect(failed.data.examples.failed).toMatchObject([{ rule: 'money', at: 'wrong.yaml:13:9' }]);
    const text = await plane.ai(['policy', 'validate', 'wrong.yaml']);
    expect(text.stdout).toContain('✗ failed  wrong.yaml:13:9: money: the rule matches src/billing/x.ts');
    plane.write('broken.yaml', POLICY.replace('effect: deny', 'effekt: deny'));
    const error = await refusal(plane, ['policy', 'validate', 'broken.yaml'], { code: 2, error: 'INVALID_POLICY' });
    expect(error.message).toMatch(/^broken\.yaml:\d+:\d+: /);
    expect(error.details.problems.length).toBeGreaterThan(0);
    await refusal(plane, ['policy', 'validate', 'nope.yaml'], { code: 3, error: 'FILE_NOT_FOUND' });
  });

  it('shows the rules in force and the digest of the canonical text', async () => {
    const shown = await json(['policy', 'show'], { kind: 'policy.show' });
    expect(shown.data.policy.layers.map(({ layer }: Json) => layer)).toEqual(['builtin', 'project']);
    expect(shown.data).toMatchObject({ isWritten: true, uncommitted: [] });
    const effective = (await plane.ai(['policy', 'show', '--effective'])).stdout.trimEnd();
    const { createHash } = await import('node:crypto');
    expect(createHash('sha256').update(effective).digest('hex')).toBe(shown.data.digest);
    expect((await json(['policy', 'show', '--at', 'HEAD', '--for', 'coder'])).data.digest).toBe(shown.data.digest);
    await refusal(plane, ['policy', 'show', '--at', 'no-such-branch'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['policy', 'show', '--for', 'nobody'], { code: 3, error: 'AGENT_NOT_FOUND' });
  });

  it('matches paths, with the count of tracked files', async () => {
    const matched = await json(['policy', 'match', 'src/billing/tax.ts', 'src/app.ts', '--for', 'coder', '--counts'], { kind: 'policy.match' });
    expect(matched.data.paths.map((entry: Json) => [entry.path, entry.effect, entry.rules.map(({ id }: Json) => id)])).toEqual([
      ['src/billing/tax.ts', 'ask', ['money']],
      ['src/app.ts', 'allow', []],
    ]);
    expect(matched.data.counts.find(({ id }: Json) => id === 'money').files).toBe(1);
  });

  it('explains a question, with values and the nearest change', async () => {
    const denied = await json(['policy', 'explain', 'command.run', '--agent', 'coder', '--command', 'cd x && git  push "--for"ce'], { kind: 'policy.explain' });
    expect(denied.data.decision).toMatchObject({ effect: 'deny', code: 'rule-deny' });
    const risky = await json(['policy', 'explain', 'task.claim', '--agent', 'coder', '--fact', 'task.risk=low']);
    expect(risky.data.decision).toMatchObject({ effect: 'allow', facts: { 'task.risk': 'low' } });
    expect(risky.data.nearest).toMatchObject({ field: expect.stringContaining('task.risk'), effect: 'ask' });
    expect((await json(['pdr', 'list'])).data).toEqual([]);
    await refusal(plane, ['policy', 'explain', 'path.wirte'], { code: 2, error: 'INVALID_INPUT' });
  });

  it('tests examples, also those of a file of their own', async () => {
    expect((await json(['policy', 'test'], { kind: 'policy.test' })).data).toMatchObject({ ok: true, run: 5, failed: 0 });
    plane.write('cases.yaml', '- { expect: deny, path: a.pem }\n- { expect: none, path: src/app.ts }\n');
    expect((await json(['policy', 'test', 'cases.yaml'])).data).toMatchObject({ ok: true, run: 2 });
    plane.write('cases.yaml', '# wrong\n- { expect: allow, path: a.pem }\n');
    const failed = await plane.ai(['policy', 'test', 'cases.yaml']);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('✗ failed  cases.yaml:2:3: expected allow, decided deny');
    await json(['policy', 'test', '-'], { input: 'policy: 1\n', code: 2 });
  });

  it('finds contradictions with a witness', async () => {
    expect((await json(['policy', 'conflicts'], { kind: 'policy.conflicts' })).data.ok).toBe(true);
    const wider = `${POLICY}  - { id: area, effect: allow, on: [path.write], paths: ["src/**"] }\n`;
    const found = await json(['policy', 'conflicts', '-'], { input: wider, code: 1 });
    const [first] = found.data.conflicts;
    expect(first).toMatchObject({ kind: 'contradiction', verdict: 'conflict', weaker: { id: 'area' } });
    expect(first.witness.paths[0].path).toMatch(/^src\//);
  });

  it('compares with the commit, and every widening has a witness', async () => {
    expect((await json(['policy', 'diff'], { kind: 'policy.diff' })).data.verdict).toBe('same');
    plane.write('.ai/policy.yaml', POLICY.replace('src/billing/**', 'src/billing/tax.ts'));
    const wider = await json(['policy', 'diff'], { code: 1 });
    expect(wider.data.verdict).toBe('wider');
    expect(wider.data.widenings[0]).toMatchObject({ name: 'money', proved: true });
    expect((await json(['policy', 'diff', '.ai/policy.yaml', 'HEAD:.ai/policy.yaml'])).data.verdict).toBe('narrower');
    plane.git('checkout', '-q', '--', '.ai/policy.yaml');
    await refusal(plane, ['policy', 'diff', 'nothing', 'HEAD'], { code: 2, error: 'INVALID_INPUT' });
  });

  it('prints the schema for editors', async () => {
    const schema = JSON.parse((await plane.ai(['policy', 'schema'])).stdout);
    expect(schema).toEqual((await json(['policy', 'schema'])).data.schema);
    expect(Object.keys(schema.properties)).toContain('rules');
  });

  it.each(['policy', 'policy check', 'policy override', 'policy override add', 'policy explain', 'pdr', 'pdr replay', 'approval', 'approval deny'])('has help with two examples: %s', async (words) => {
    const { stdout } = await plane.ai([...words.split(' '), '--help']);
    expect(stdout.split('\n').filter((line) => line.startsWith('  $ ')).length).toBeGreaterThanOrEqual(2);
  });
});

describe('checking changes', () => {
  beforeAll(withPolicy);
  afterAll(() => plane.dispose());
  afterEach(() => plane.git('reset', '-q', '--hard'));

  const staged = (file: string): void => {
    plane.write(file, 'changed\n');
    plane.git('add', file);
  };

  it('is clean, or names every path, with the exit code for both', async () => {
    staged('src/app.ts');
    expect((await json(['policy', 'check', '--staged'], { kind: 'policy.check' })).data).toMatchObject({ files: 1, violations: [], asks: [] });
    staged('keys/a.pem');
    staged('src/billing/tax.ts');
    const found = await json(['policy', 'check', '--staged'], { code: 1 });
    expect(found.data.violations.map(({ rule, path: file }: Json) => [rule, file])).toEqual([['no-secrets', 'keys/a.pem']]);
    expect(found.data.asks.map(({ rule, path: file }: Json) => [rule, file])).toEqual([['money', 'src/billing/tax.ts']]);
  });

  it('writes every format, to stdout and into files', async () => {
    staged('keys/a.pem');
    const output = await plane.ai(['policy', 'check', '--staged', '--format', 'github', '--report', 'sarif=out/policy.sarif', '--report', 'junit=out/policy.xml', '--report', 'json=out/policy.json']);
    expect({ code: output.code, first: output.stdout.split(' ')[0] }).toEqual({ code: 1, first: '::error' });
    expect(JSON.parse(readFileSync(path.join(plane.root, 'out/policy.sarif'), 'utf8')).version).toBe('2.1.0');
    expect(plane.read('out/policy.xml')).toContain('<testsuite');
    const asked = JSON.parse((await plane.ai(['policy', 'check', '--staged', '--format', 'json'])).stdout);
    expect(asked).toMatchObject({ schemaVersion: 1, kind: 'policy.check' });
    expect(JSON.parse(plane.read('out/policy.json')).data.violations).toEqual(asked.data.violations);
    plane.git('clean', '-fdq', 'out');
  });

  it('judges a range by the policy that it started from', async () => {
    plane.git('checkout', '-q', '-b', 'feature');
    plane.write('.ai/policy.yaml', 'policy: 1\ndefaults: { path.write: allow }\n');
    plane.write('keys/b.pem', 'x\n');
    plane.git('add', '-A');
    plane.git('commit', '-q', '-m', 'No rules, and a key');
    const found = await json(['policy', 'check', '--base', 'main'], { code: 1 });
    expect(found.data.violations.map(({ rule, path: file }: Json) => [rule, file])).toContainEqual(['no-secrets', 'keys/b.pem']);
    expect(found.data.policy.layers.at(-1).revision).toBe(plane.git('rev-parse', 'main'));
    plane.git('checkout', '-q', 'main');
  });

  it('checks names, from the line and from stdin, relative to where it is called', async () => {
    const one = await json(['policy', 'check', '--files', 'tax.ts'], { code: 1, cwd: path.join(plane.root, 'src/billing') });
    expect(one.data.asks.map(({ path: file }: Json) => file)).toEqual(['src/billing/tax.ts']);
    expect((await json(['policy', 'check', '--files', '-'], { code: 1, input: 'src/app.ts\0src/billing/tax.ts\0' })).data).toMatchObject({ files: 2, asks: [{ path: 'src/billing/tax.ts' }] });
    await refusal(plane, ['policy', 'check', '--files', '../outside'], { code: 2, error: 'INVALID_INPUT' });
  });

  it('says what it can not answer with 2', async () => {
    await refusal(plane, ['policy', 'check'], { code: 2, error: 'USAGE' });
    await refusal(plane, ['policy', 'check', '--staged', '--base', 'main'], { code: 2, error: 'USAGE' });
    await refusal(plane, ['policy', 'check', '--staged', '--head', 'main'], { code: 2, error: 'USAGE' });
    await refusal(plane, ['policy', 'check', '--staged', '--format', 'xml'], { code: 2, error: 'USAGE' });
    await refusal(plane, ['policy', 'check', '--staged', '--report', 'sarif'], { code: 2, error: 'USAGE' });
    expect((await json(['policy', 'check', '--base', 'no-such-branch'], { code: 2 })).data.undecidable.message).toContain('no-such-branch');
    staged('.ai/policy.yaml');
    plane.git('commit', '-q', '-m', 'Broken policy');
    expect((await json(['policy', 'check', '--staged'], { code: 2 })).data.undecidable.message).toMatch(/^\.ai\/policy\.yaml:1:1: /);
    plane.git('reset', '-q', '--hard', 'HEAD~1');
  });

  it('works in a fresh clone that has no database, and makes none', async () => {
    const clone = path.join(plane.outside, 'clone');
    plane.git('clone', '-q', plane.root, clone);
    const output = await plane.ai(['policy', 'check', '--base', 'HEAD~0', '--json'], { cwd: clone });
    expect({ code: output.code, files: JSON.parse(output.stdout).data.files }).toEqual({ code: 0, files: 0 });
    expect(existsSync(path.join(clone, '.ai/state.db'))).toBe(false);
  });
});

describe('decisions, approvals and overrides', () => {
  beforeAll(withPolicy);
  afterAll(() => plane.dispose());

  const AS_CODER = { AI_AGENT_ID: 'coder' };
  const makeRisky = async (title: string): Promise<string> => (await json(['task', 'create', title, '--label', 'risk:high'])).data.id;

  it('records a question, which a person answers once, and can decide it again', async () => {
    const task = await makeRisky('Touch the engine');
    const asked = (await json(['task', 'claim', task, '--as', 'coder'], { code: 7, kind: 'error', env: AS_CODER })).error;
    expect(asked.code).toBe('APPROVAL_REQUIRED');
    const approval = (await json(['approval', 'list', '--pending'], { kind: 'approval.list' })).data[0];
    expect(JSON.stringify(asked)).toContain(approval.id);
    expect(approval).toMatchObject({ status: 'pending', point: 'task.claim', rules: [{ id: 'risky-claims' }] });
    const record = (await json(['pdr', 'show', approval.record], { kind: 'pdr.show' })).data;
    expect(record).toMatchObject({ point: 'task.claim', decision: { effect: 'ask' }, subject: { task } });
    const explained = await json(['pdr', 'explain', approval.record.slice(0, 8)], { kind: 'pdr.explain' });
    expect(explained.data.rules.find(({ id }: Json) => id === 'risky-claims').result).toBe('match');
    expect((await json(['pdr', 'replay', approval.record], { kind: 'pdr.replay' })).data).toMatchObject({ verdict: 'same', ok: true });
    await refusal(plane, ['approval', 'approve', approval.id], { code: 6, error: 'POLICY_DENIED', env: AS_CODER });
    await refusal(plane, ['approval', 'approve', approval.id], { code: 6, error: 'POLICY_DENIED', env: { AI_RUN_ID: 'r-000001' } });
    await refusal(plane, ['approval', 'approve', 'a-zzzzzz'], { code: 3, error: 'APPROVAL_NOT_FOUND' });
    expect((await json(['approval', 'approve', approval.id, '--reason', 'read it'], { kind: 'approval.approve' })).data).toMatchObject({ status: 'approved', votes: [{ verdict: 'approve', reason: 'read it' }] });
    const own = (await json(['task', 'claim', await makeRisky('My own'), '--as', 'me'], { code: 7, kind: 'error' })).error;
    await refusal(plane, ['approval', 'approve', /a-\w{6}/.exec(JSON.stringify(own))![0]], { code: 6, error: 'POLICY_DENIED' });
    await json(['task', 'claim', task, '--as', 'coder'], { env: AS_CODER });
    expect((await json(['approval', 'show', approval.id], { kind: 'approval.show' })).data.status).toBe('spent');
    await refusal(plane, ['approval', 'deny', approval.id, '--reason', 'too late'], { code: 5, error: 'APPROVAL_CLOSED' });
    expect((await json(['pdr', 'replay', '--all'], { kind: 'pdr.replay-all' })).data).toMatchObject({ ok: true, changed: 0 });
  });

  it('lists decisions page by page', async () => {
    const all = await json(['pdr', 'list', '--limit', '100'], { kind: 'pdr.list' });
    expect(all.data.length).toBeGreaterThan(1);
    const first = await json(['pdr', 'list', '--limit', '1']);
    expect(first.meta.next).toBe(first.data[0].id);
    const second = await json(['pdr', 'list', '--limit', '1', '--before', first.meta.next]);
    expect(second.data[0].id).toBe(all.data[1].id);
    expect((await json(['pdr', 'list', '--effect', 'ask', '--since', '1h'])).data.every(({ decision }: Json) => decision.effect === 'ask')).toBe(true);
    await refusal(plane, ['pdr', 'list', '--effect', 'maybe'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['pdr', 'replay'], { code: 2, error: 'USAGE' });
  });

  it('tells what another policy would have decided', async () => {
    plane.write('lax.yaml', POLICY.replace('task.risk == "high"', 'task.risk == "extreme"'));
    const impact = await json(['policy', 'impact', '--policy', 'lax.yaml', '--since', '1d'], { kind: 'policy.impact' });
    expect(impact.data.changes.map(({ was, is }: Json) => [was, is])).toContainEqual(['ask', 'allow']);
    const [{ id }] = impact.data.changes;
    expect((await json(['pdr', 'replay', id, '--policy', 'lax.yaml'], { code: 1 })).data).toMatchObject({ ok: false, was: 'ask', is: 'allow' });
    expect((await json(['pdr', 'replay', id, '--policy', 'HEAD'])).data.ok).toBe(true);
  });

  it('overrides what may be overridden, for a while and for one task', async () => {
    const task = await makeRisky('Another engine');
    const order = ['--layer', 'task', '--task', task, '--reason', 'Anna agreed', '--expires', '2h'];
    await refusal(plane, ['policy', 'override', 'add', 'no-force', ...order], { code: 6, error: 'OVERRIDE_REFUSED' });
    await refusal(plane, ['policy', 'override', 'add', 'risky-claims', ...order], { code: 6, error: 'POLICY_DENIED', env: AS_CODER });
    const added = await json(['policy', 'override', 'add', 'risky-claims', ...order], { kind: 'policy.override.add' });
    expect(added.data).toMatchObject({ rule: 'risky-claims', layer: 'task', task, status: 'in force' });
    const explained = await json(['policy', 'explain', 'task.claim', '--agent', 'coder', '--task', task]);
    expect(explained.data.decision.effect).toBe('allow');
    expect((await json(['policy', 'override', 'list'], { kind: 'policy.override.list' })).data).toHaveLength(1);
    expect((await json(['policy', 'override', 'revoke', added.data.id], { kind: 'policy.override.revoke' })).data.status).toBe('revoked');
    expect((await json(['policy', 'override', 'list'])).data).toEqual([]);
    await refusal(plane, ['policy', 'override', 'revoke', 'o-zzzzzz'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['policy', 'override', 'add', 'risky-claims', '--layer', 'task', '--task', task, '--reason', 'x', '--expires', '2030-02-30'], { code: 2, error: 'USAGE' });
  });
});
