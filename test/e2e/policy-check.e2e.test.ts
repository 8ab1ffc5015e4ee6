import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createConditionCompiler } from '../../src/adapters/cel/condition-compiler.js';
import { createChangeSource } from '../../src/adapters/changes/change-source.js';
import { parsePolicyFile } from '../../src/adapters/policy-files/parse-policy-file.js';
import { writeReport } from '../../src/adapters/report-files/write-report.js';
import { checkChanges } from '../../src/app/check/check-changes.js';
import type { CheckInput, CheckTarget, LoadedPolicy, TrustedPolicyFile } from '../../src/app/check/check-input.js';
import { parseReportOrders, writeReports } from '../../src/app/check/report-files.js';
import { compilePolicy } from '../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../src/domain/policy/evaluate/decide.js';
import { builtinFloor } from '../../src/domain/policy/floor/builtin-floor.js';
import { combineLayers } from '../../src/domain/policy/layers/combine.js';
import { policyDigest } from '../../src/domain/policy/layers/digest.js';
import { exitCodeOfReport, type CheckReport } from '../../src/domain/report/check-report.js';
import { runCommand } from '../support/run-command.js';
import { temporaryRepository, type TemporaryRepository } from '../support/temporary-repository.js';

// Real git, real policy files and the real evaluator; only the words of the command line are left out.
let repository: TemporaryRepository;
afterEach(() => repository.close());

const NOW_MS = Date.UTC(2026, 0, 5);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const compile = createConditionCompiler();

const POLICY = `policy: 1
name: shop
rules:
  - id: no-secrets
    effect: deny
    on: [path.write, commit]
    paths: ["**/*.env", "**/*.env/**"]
    why: Secrets live in the vault.
    examples: [{ expect: deny, path: a/b.env }]
  - id: migrations-stay
    effect: deny
    on: [path.write]
    paths: ["db/migrations/**"]
    when: 'change.kind == "deleted" || change.kind == "modified"'
    why: Migrations that ran are never changed.
    examples: [{ expect: deny, path: db/migrations/1.sql, change.kind: deleted }]
  - id: owners
    effect: ask
    on: [path.write]
    paths: ["billing/**"]
`;

function loadPolicy(file: TrustedPolicyFile | null): Promise<LoadedPolicy> {
  const layers = file === null ? [] : [parsePolicyFile({ text: file.text, source: file.path, revision: file.revision, layer: 'project', nowMs: NOW_MS }, compile).layer];
  const { policy } = combineLayers([builtinFloor(), ...layers], NOW_MS);
  const compiled = compilePolicy(policy, compile);
  return Promise.resolve({ policy, digest: policyDigest(policy, sha256), decide: (request) => decide(compiled, request) });
}

function open(files: Readonly<Record<string, string>> = {}): void {
  repository = temporaryRepository({ files });
  // What the support keeps out of its own tests is what is checked here.
  repository.write({ '.ai/.gitignore': '/run/\n', '.ai/policy.yaml': POLICY });
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '-m', 'Policy');
}

function check(target: CheckTarget, agent: string | null = null): Promise<CheckReport> {
  const input: CheckInput = { target, subject: { agent, roles: [], labels: [], user: 'ann', session: null, run: null, task: null }, facts: {}, nowMs: NOW_MS, approvals: [], requireEvidence: false, agentEmails: [] };
  const changes = createChangeSource({ run: runCommand, cwd: repository.root, environment: repository.environment });
  return checkChanges({ changes, loadPolicy, readEvidence: null }, input);
}

function stage(files: Readonly<Record<string, string | null>>): void {
  repository.write(files);
  repository.git('add', '--all');
}

const found = (report: CheckReport): string[] => [...report.violations, ...report.asks].map(({ rule, path: name }) => `${rule} ${name}`).sort();
const RANGE = { kind: 'range', base: 'main', head: 'work' } as const;

describe('what is staged', () => {
  it('is judged by the index alone: what lies in the working tree makes no difference', async () => {
    open({ 'db/migrations/1.sql': 'create\n' });
    stage({ 'config/prod.env': 'secret\n', 'src/ok.ts': 'x\n', 'billing/tax.ts': 'x\n' });
    repository.git('rm', '--quiet', 'db/migrations/1.sql');
    repository.write({ 'config/prod.env': null, 'other.env': 'not staged\n' });
    const report = await check({ kind: 'staged' });
    expect(found(report)).toEqual(['migrations-stay db/migrations/1.sql', 'no-secrets config/prod.env', 'owners billing/tax.ts']);
    expect([exitCodeOfReport(report), report.files]).toEqual([1, 4]);
    repository.git('rm', '--quiet', '--cached', '-f', 'config/prod.env', 'billing/tax.ts');
    repository.git('reset', '--quiet', '--', 'db/migrations/1.sql');
    expect(exitCodeOfReport(await check({ kind: 'staged' }))).toBe(0);
  });

  it('is judged under every spelling of a name, and on both sides of a rename', async () => {
    open({ 'kept.env': 'the same content\n'.repeat(20) });
    repository.git('mv', 'kept.env', 'renamed.txt');
    stage({ 'A/B.ENV': 'x\n' });
    expect(found(await check({ kind: 'staged' }))).toEqual(['no-secrets A/B.ENV', 'no-secrets kept.env']);
  });

  it('can\'t loosen its own policy: the one of HEAD counts, and for an agent the change needs a person', async () => {
    open();
    stage({ '.ai/policy.yaml': 'policy: 1\nrules:\n  - id: anything\n    effect: allow\n    on: [path.write]\n    paths: ["**"]\n', 'x.env': 'x\n' });
    const byAgent = await check({ kind: 'staged' }, 'claude');
    expect(found(byAgent)).toEqual(expect.arrayContaining(['no-secrets x.env', 'floor-control-files .ai/policy.yaml']));
    const byPerson = await check({ kind: 'staged' });
    expect(found(byPerson)).toEqual(['no-secrets x.env']);
  });

  it('is judged by a policy that is only staged when there was none before, and undecided without any', async () => {
    repository = temporaryRepository({ kind: 'empty' });
    repository.write({ '.ai/.gitignore': '' });
    stage({ 'a.env': 'x\n' });
    expect(exitCodeOfReport(await check({ kind: 'staged' }))).toBe(2);
    stage({ '.ai/policy.yaml': POLICY });
    expect(found(await check({ kind: 'staged' }))).toEqual(['no-secrets a.env']);
  });

  it('sees links that leave the repository and names that collide', async () => {
    open();
    symlinkSync('/etc/passwd', path.join(repository.root, 'link'));
    mkdirSync(path.join(repository.root, 'SRC'));
    stage({ 'SRC/a.txt': 'x\n' });
    expect(found(await check({ kind: 'staged' }))).toEqual(['paths-collide SRC', 'symlink-leaves-repository link']);
  });

  it('is undecided when the policy is wrong or a link, never clean', async () => {
    open();
    repository.commit({ '.ai/policy.yaml': 'policy: 1\nrules: [{ id: X }]\n' });
    const wrong = await check({ kind: 'staged' });
    expect(exitCodeOfReport(wrong)).toBe(2);
    expect(wrong.undecidable?.message).toContain('.ai/policy.yaml');
    repository.git('rm', '--quiet', '.ai/policy.yaml');
    repository.write({ 'elsewhere.yaml': POLICY });
    mkdirSync(path.join(repository.root, '.ai'), { recursive: true });
    symlinkSync('../elsewhere.yaml', path.join(repository.root, '.ai/policy.yaml'));
    stage({});
    repository.git('commit', '--quiet', '-m', 'Link');
    expect((await check({ kind: 'staged' })).undecidable?.message).toContain('symbolic link');
  });
});

describe('a range', () => {
  it('is judged by the policy of the merge base, whatever either side did to it since', async () => {
    open();
    repository.git('checkout', '--quiet', '-b', 'work');
    repository.commit({ 'x.env': 'x\n', 'src/ok.ts': 'x\n' });
    repository.commit({ '.ai/policy.yaml': null });
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ '.ai/policy.yaml': 'policy: 1\nrules: []\n' });
    const report = await check(RANGE);
    expect(found(report)).toEqual(['no-secrets x.env']);
    expect(report.policy?.layers.at(-1)).toMatchObject({ layer: 'project', revision: report.base });
    expect(await check({ ...RANGE, base: 'nowhere' })).toMatchObject({ undecidable: { hint: expect.stringContaining('git fetch') } });
  });

  it('does not trust a policy that the range itself brings along', async () => {
    repository = temporaryRepository();
    repository.git('checkout', '--quiet', '-b', 'work');
    repository.write({ '.ai/.gitignore': '' });
    stage({ '.ai/policy.yaml': POLICY });
    repository.git('commit', '--quiet', '-m', 'Policy');
    const report = await check(RANGE);
    expect([exitCodeOfReport(report), report.undecidable?.message]).toEqual([2, expect.stringContaining('merge base')]);
  });
});

describe('reports', () => {
  it('are written whole, into folders that are made, through links, and over what was there', async () => {
    open();
    stage({ 'a\n::error::b.env': 'x\n' });
    const report = await check({ kind: 'staged' });
    const out = path.join(repository.folder, 'out');
    mkdirSync(out);
    writeFileSync(path.join(out, 'real.xml'), 'old', { mode: 0o640 });
    symlinkSync('real.xml', path.join(out, 'link.xml'));
    const orders = parseReportOrders(['sarif=out/new/folder/x.sarif', 'junit=out/link.xml', 'github=out/github.txt', 'json=out/x.json']);
    await writeReports(report, orders, { version: '1.0.0', sha256, write: (file, content) => writeReport(repository.folder, file, content) });
    expect(JSON.parse(readFileSync(path.join(out, 'new/folder/x.sarif'), 'utf8')).runs[0].results).toHaveLength(1);
    expect(readFileSync(path.join(out, 'real.xml'), 'utf8')).toContain('failures="1"');
    expect(statSync(path.join(out, 'real.xml')).mode & 0o777).toBe(0o640);
    expect(readFileSync(path.join(out, 'github.txt'), 'utf8').split('\n').filter((line) => line.startsWith('::'))).toHaveLength(1);
    expect(JSON.parse(readFileSync(path.join(out, 'x.json'), 'utf8')).data.violations[0].path).toBe('a\n::error::b.env');
    expect(readdirSync(out).sort()).toEqual(['github.txt', 'link.xml', 'new', 'real.xml', 'x.json']);
    await expect(writeReport(repository.folder, 'out', 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(writeReport(repository.folder, 'out/real.xml/x', 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
