import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckDeps, CheckInput, LoadedPolicy } from '../../../../src/app/check/check-input.js';
import { checkChanges } from '../../../../src/app/check/check-changes.js';
import { findCollisions } from '../../../../src/app/check/path-collisions.js';
import { isPolicyPath } from '../../../../src/app/check/policy-files.js';
import { parseReportOrders, writeReports } from '../../../../src/app/check/report-files.js';
import { AiError } from '../../../../src/domain/kernel/errors.js';
import type { Effect } from '../../../../src/domain/policy/effect.js';
import { compilePolicy } from '../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../src/domain/policy/evaluate/decide.js';
import { emptyLayer, ENGINE, type PolicyLayer, type Rule } from '../../../../src/domain/policy/layer.js';
import type { PolicyPoint } from '../../../../src/domain/policy/point.js';
import type { DecisionRequest } from '../../../../src/domain/policy/request.js';
import { exitCodeOfReport } from '../../../../src/domain/report/check-report.js';
import type { Change, ChangeSet, ChangeSource, CommitEvidence, CommitFacts } from '../../../../src/ports/change-source.js';

const BASE = 'b'.repeat(40);
const HEAD = 'c'.repeat(40);

function rule(id: string, effect: Effect, more: Partial<Rule> = {}): Rule {
  return { id, effect, on: ['path.write'], agents: null, roles: null, labels: null, paths: null, except: [], command: null, skills: null, tasks: null, when: null, approval: null, why: null, locked: false, overridable: [], at: `.ai/policy.yaml:${id.length}:1`, ...more };
}

/** The real evaluator; `when:` is not part of what is tested here. */
function load(rules: readonly Rule[], defaults: PolicyLayer['defaults'] = {}): LoadedPolicy & { readonly requests: DecisionRequest[] } {
  const policy = { engine: ENGINE, layers: [emptyLayer('builtin', 'built in'), { ...emptyLayer('project', '.ai/policy.yaml'), rules, defaults }] };
  const compiled = compilePolicy(policy, () => ({ ok: false, problem: { message: 'no conditions here', offset: 0, hint: null } }));
  const requests: DecisionRequest[] = [];
  return { policy, digest: 'd'.repeat(64), requests, decide: (request) => (requests.push(request), decide(compiled, request)) };
}

function change(path: string, more: Partial<Change> = {}): Change {
  return { path, kind: 'added', before: null, after: { mode: 'file', object: 'e'.repeat(40) }, target: null, ...more };
}

interface World {
  readonly changes: readonly Change[];
  readonly all?: readonly string[];
  /** By tree (a commit, or `index`). */
  readonly policies?: Readonly<Record<string, string>>;
  readonly commits?: readonly CommitFacts[];
  readonly set?: Partial<ChangeSet>;
}

function sourceOf({ changes, all = [], policies = { [BASE]: 'policy: 1' }, commits = [], set = {} }: World): ChangeSource {
  const answer = (mode: ChangeSet['mode']): Promise<ChangeSet> => Promise.resolve({ mode, base: BASE, head: mode === 'range' ? HEAD : null, changes, ...set });
  return {
    staged: () => answer('staged'),
    range: () => answer('range'),
    files: () => answer('files'),
    readFile: async (tree) => {
      const text = policies[tree === 'index' ? 'index' : tree.commit];
      return text === undefined ? null : { mode: text === 'LINK' ? 'symlink' : 'file', text, bytes: text.length };
    },
    listPaths: async () => [...changes.map(({ path }) => path), ...all],
    headCommit: async () => BASE,
    commits: async () => commits,
  };
}

function deps(world: World, loaded: LoadedPolicy, more: Partial<CheckDeps> = {}): CheckDeps {
  return { changes: sourceOf(world), loadPolicy: () => Promise.resolve(loaded), readEvidence: null, ...more };
}

function input(more: Partial<CheckInput> = {}): CheckInput {
  return { target: { kind: 'staged' }, subject: { agent: 'coder', roles: [], labels: [], user: 'user', session: null, run: null, task: null }, facts: {}, nowMs: 1_000, approvals: [], requireEvidence: false, agentEmails: [], ...more };
}

const NO_SECRETS = rule('no-secrets', 'deny', { on: ['path.write', 'commit'], paths: ['**/*.env'], why: 'Secrets live in the vault.' });

describe('what policy says about changes', () => {
  it('finds a path once, with both points and the reason', async () => {
    const report = await checkChanges(deps({ changes: [change('config/a.env'), change('src/a.ts')] }, load([NO_SECRETS])), input());
    expect(report.violations).toHaveLength(1);
    expect(report.violations[0]).toMatchObject({ rule: 'no-secrets', layer: 'project', path: 'config/a.env', points: ['path.write', 'commit'], why: 'Secrets live in the vault.' });
    expect(report).toMatchObject({ mode: 'staged', files: 2, considered: 2, undecidable: null, base: BASE, head: null });
    expect(exitCodeOfReport(report)).toBe(1);
  });

  it('lists every finding, also beyond what one decision holds, and tells each request how many changes there are', async () => {
    const changes = Array.from({ length: 3_500 }, (_, index) => change(`secret-${index}.env`));
    const loaded = load([NO_SECRETS]);
    const report = await checkChanges(deps({ changes }, loaded), input());
    expect(new Set(report.violations.map(({ path }) => path)).size).toBe(3_500);
    expect(loaded.requests.every((request) => request.paths.length <= 1_000 && request.facts['change.count'] === 3_500)).toBe(true);
  });

  it('takes an ask without an approval for a violation, and one with an approval for none', async () => {
    const owners = rule('owners', 'ask', { paths: ['billing/**'], approval: { count: 1, from: [], ttlMs: 1_000 } });
    const loaded = load([owners]);
    const asked = await checkChanges(deps({ changes: [change('billing/tax.ts')] }, loaded), input());
    expect([asked.asks.length, asked.approved.length, exitCodeOfReport(asked)]).toEqual([1, 0, 1]);
    const approving: LoadedPolicy = { ...loaded, decide: (request) => ({ ...loaded.decide(request), ...(request.point === 'path.write' ? ({ effect: 'allow', code: 'approved', approvals: ['a-1'] } as const) : {}) }) };
    const approved = await checkChanges(deps({ changes: [change('billing/tax.ts')] }, approving), input());
    expect([approved.asks.length, approved.approved.length, exitCodeOfReport(approved)]).toEqual([0, 1, 0]);
  });

  it('reports what a default denies, and what is denied without any path', async () => {
    const strict = await checkChanges(deps({ changes: [change('a.ts')] }, load([rule('docs', 'allow', { paths: ['docs/**'] })], { 'path.write': 'deny' })), input());
    expect(strict.violations).toMatchObject([{ path: 'a.ts', rule: 'default-of-path-write', layer: null }]);
    const never = await checkChanges(deps({ changes: [] }, load([rule('freeze', 'deny', { on: ['commit'] }), rule('writes', 'deny')])), input());
    expect(never.violations).toMatchObject([{ rule: 'freeze', path: null, points: ['commit'] }]);
  });

  it('asks about the policy itself, with the old policy, whenever a change touches it', async () => {
    const seen: PolicyPoint[] = [];
    const loaded = load([rule('any', 'allow', { paths: ['**'] })]);
    const world = { changes: [change('.AI/Policy.yaml'), change('x')] };
    const report = await checkChanges(deps(world, { ...loaded, decide: (request) => (seen.push(request.point), loaded.decide(request)) }), input());
    expect(seen).toEqual(['path.write', 'commit', 'policy.change']);
    expect(report.asks).toMatchObject([{ path: '.AI/Policy.yaml', points: ['policy.change'] }]);
  });

  it.each(['.ai/policy.yaml', '.ai/policy.yml', '.AI/POLICY.YAML', '.ai', '.ai/agents', '.ai/agents/coder', '.ai/agents/coder/policy.yaml', '.ai/policy/x.yaml'])('takes %s for policy', (path) => {
    expect(isPolicyPath(path)).toBe(true);
  });

  it.each(['.ai/config.yaml', 'src/.ai/policy.yaml', '.ai/agents/coder.yaml/x', 'ai/policy.yaml', '.ai/skills/policy.yaml'])('does not take %s for policy', (path) => {
    expect(isPolicyPath(path)).toBe(false);
  });
});

describe('which policy judges', () => {
  const read = async (world: World, target: CheckInput['target']): Promise<unknown> => {
    let given: unknown;
    await checkChanges(deps(world, load([NO_SECRETS]), { loadPolicy: async (file) => ((given = file), load([NO_SECRETS])) }), input({ target }));
    return given;
  };
  const range = { kind: 'range', base: 'main', head: 'HEAD' } as const;

  it('is that of HEAD, the index only when HEAD has none, and the merge base for a range', async () => {
    expect(await read({ changes: [], policies: { [BASE]: 'old', index: 'new' } }, { kind: 'staged' })).toMatchObject({ text: 'old', revision: BASE });
    expect(await read({ changes: [], policies: { index: 'new' } }, { kind: 'staged' })).toMatchObject({ text: 'new', revision: null });
    expect(await read({ changes: [], policies: { index: 'new' }, set: { base: null } }, { kind: 'staged' })).toMatchObject({ text: 'new' });
    expect(await read({ changes: [], policies: { [BASE]: 'old', [HEAD]: 'new' } }, range)).toMatchObject({ text: 'old', revision: BASE });
    expect(await read({ changes: [], policies: { [HEAD]: 'new', index: 'new' } }, range)).toBeNull();
  });

  it('is never a link', async () => {
    const report = await checkChanges(deps({ changes: [], policies: { [BASE]: 'LINK' } }, load([NO_SECRETS])), input());
    expect(report.undecidable?.message).toContain('symbolic link');
    expect(exitCodeOfReport(report)).toBe(2);
  });
});

describe('no answer', () => {
  it('is given without a policy, and when no rule is about changes', async () => {
    const nobody = load([]);
    expect((await checkChanges(deps({ changes: [change('a')], policies: {} }, nobody), input())).undecidable?.message).toContain('no policy');
    const elsewhere = await checkChanges(deps({ changes: [change('a')] }, load([rule('net', 'deny', { on: ['network.use'] })])), input());
    expect(elsewhere.undecidable?.message).toContain('nothing was checked');
    expect([elsewhere.considered, exitCodeOfReport(elsewhere)]).toEqual([0, 2]);
  });

  it('is given when only what is built in is about changes', async () => {
    const loaded = load([rule('net', 'deny', { on: ['network.use'] })]);
    const [builtin, project] = loaded.policy.layers;
    const layers = [{ ...builtin!, rules: [rule('floor', 'deny', { paths: ['.git'] })] }, project!];
    const report = await checkChanges(deps({ changes: [change('a')] }, { ...loaded, policy: { ...loaded.policy, layers }, decide: (request) => ({ ...loaded.decide(request), considered: 1 }) }), input());
    expect([report.undecidable?.message.includes('nothing was checked'), exitCodeOfReport(report)]).toEqual([true, 2]);
  });

  it('is given when git or the policy fails, with what is known so far; a bug of ours is thrown', async () => {
    const broken = (error: Error): CheckDeps => deps({ changes: [change('a')] }, load([NO_SECRETS]), { loadPolicy: () => Promise.reject(error) });
    const report = await checkChanges(broken(new AiError({ code: 'INVALID_POLICY', message: 'Line 3 is wrong.', hint: 'Fix it.' })), input());
    expect(report).toMatchObject({ files: 1, base: BASE, policy: null, undecidable: { message: 'Line 3 is wrong.', hint: 'Fix it.' } });
    await expect(checkChanges(broken(new TypeError('ours')), input())).rejects.toThrow('ours');
  });

  it('is not given when nothing changed and there are rules', async () => {
    const report = await checkChanges(deps({ changes: [] }, load([NO_SECRETS])), input());
    expect([report.undecidable, report.considered, exitCodeOfReport(report)]).toEqual([null, 2, 0]);
  });
});

describe('what is wrong with a tree whatever policy says', () => {
  const linked = (path: string, target: string | null): Change => change(path, { after: { mode: 'symlink', object: 'e'.repeat(40) }, target });
  const codes = async (world: World): Promise<string[]> => (await checkChanges(deps(world, load([NO_SECRETS])), input())).violations.map((found) => found.rule);

  it.each(['/etc/passwd', '../x', '../../x', 'b/../../x', 'b/../c', 'C:\\x', '..\\..\\x', '', 'x\0y', '\ufffd', '../.git/hooks', '.././../a'])('refuses a link from src/a to %j', async (target) => {
    const expected = target === '../x' ? [] : ['symlink-leaves-repository'];
    expect(await codes({ changes: [linked('src/a', target)] })).toEqual(expected);
  });

  it.each(['b', './b', '../docs/b', 'b/c', 'b//c/'])('accepts a link from src/a to %j', async (target) => {
    expect(await codes({ changes: [linked('src/a', target)] })).toEqual([]);
  });

  it('refuses a target that could not be read, and says nothing of a link that is deleted', async () => {
    expect(await codes({ changes: [linked('a', null)] })).toEqual(['symlink-leaves-repository']);
    expect(await codes({ changes: [{ ...linked('a', null), kind: 'deleted', before: { mode: 'symlink', object: 'e' }, after: null }] })).toEqual([]);
  });

  it('never accepts a relative link that leads above the root', async () => {
    const parts = fc.array(fc.constantFrom('..', '.', '', 'a', 'b'), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(parts, fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 }), async (target, folder) => {
        let depth = folder.length;
        let lowest = depth;
        for (const part of target) {
          if (part === '..') depth -= 1;
          else if (part !== '.' && part !== '') depth += 1;
          lowest = Math.min(lowest, depth);
        }
        const text = target.join('/');
        const found = await codes({ changes: [linked([...folder, 'l'].join('/'), text)] });
        if (lowest < 0 || text.startsWith('/')) expect(found).toEqual(['symlink-leaves-repository']);
      }),
    );
  });

  it.each([
    [['SRC/a.ts'], ['src/b.ts'], 'SRC'],
    [['src/A.ts'], ['src/a.ts'], 'src/A.ts'],
    [['caf\u00e9'], ['cafe\u0301'], 'caf\u00e9'],
    [['A'], ['a/hooks/post-checkout'], 'A'],
    [['one/X', 'one/x'], [], 'one/x'],
  ])('finds %j beside %j', async (added, all, path) => {
    const report = await checkChanges(deps({ changes: added.map((name) => change(name)), all }, load([NO_SECRETS])), input());
    expect(report.violations).toMatchObject([{ rule: 'paths-collide', path }]);
  });

  it('finds no collision in a tree of different names, nor between names that are not UTF-8', async () => {
    expect(await codes({ changes: [change('a/b'), change('__proto__/constructor'), change('a/\ufffd')], all: ['a/c', 'ab', 'b/a', 'a/\ufffd'] })).toEqual([]);
  });

  it('warns of what it could not look into', async () => {
    const report = await checkChanges(deps({ changes: [change('lib', { after: { mode: 'submodule', object: 'e' } }), change('f\ufffd')] }, load([NO_SECRETS])), input());
    expect(report.warnings.map(({ code }) => code)).toEqual(['submodule-not-read', 'path-not-utf8']);
    expect(exitCodeOfReport(report)).toBe(0);
  });
});

describe('evidence', () => {
  const person = { name: 'Ann', email: 'ann@example.test' };
  const agent = { name: 'claude', email: 'ai@localhost' };
  const DIGEST = 'f'.repeat(64);
  const commit = (more: Partial<CommitFacts> = {}): CommitFacts => ({ id: 'a'.repeat(40), author: agent, committer: person, message: `Work\n\nAI-Task: t-aaaaaa\nAI-Run: r-aaaaaa\nAI-Agent: claude\nAI-Evidence: sha256:${DIGEST}\n`, ...more });
  const good: CommitEvidence = { run: 'r-aaaaaa', decision: { id: 'd-1', effect: 'allow' }, digests: [{ kind: 'statement', claimed: DIGEST, found: DIGEST }], signature: 'valid' };
  const target = { kind: 'range', base: 'main', head: 'HEAD' } as const;

  async function check(commits: readonly CommitFacts[], evidence: CommitEvidence | null, agentEmails: readonly string[] = []): Promise<string[]> {
    const report = await checkChanges(deps({ changes: [], commits }, load([NO_SECRETS]), { readEvidence: () => Promise.resolve(evidence) }), input({ target, requireEvidence: true, agentEmails }));
    expect(report.commits).toBe(commits.length);
    return report.violations.map((found) => found.rule);
  }

  it('is complete: nothing is found, and commits of people need none', async () => {
    expect(await check([commit(), commit({ author: person, message: 'By hand' })], good)).toEqual([]);
    expect(await check([commit({ author: person, message: 'By hand' })], null)).toEqual([]);
  });

  it.each<[string, CommitFacts, CommitEvidence | null, string[]]>([
    ['without notes', commit(), null, ['agent-commit-without-notes']],
    ['without a run', commit({ message: 'Work' }), null, ['commit-without-run', 'agent-commit-without-notes']],
    ['of another run', commit(), { ...good, run: 'r-bbbbbb' }, ['commit-without-run']],
    ['without a decision', commit(), { ...good, decision: null }, ['commit-without-decision']],
    ['that was only asked for', commit(), { ...good, decision: { id: 'd-1', effect: 'ask' } }, ['commit-without-decision']],
    ['with other evidence', commit(), { ...good, digests: [{ kind: 'statement', claimed: DIGEST, found: 'e'.repeat(64) }] }, ['evidence-digest-mismatch']],
    ['with missing evidence', commit(), { ...good, digests: [{ kind: 'statement', claimed: DIGEST, found: null }] }, ['evidence-digest-mismatch']],
    ['that names evidence that is not kept', commit(), { ...good, digests: [] }, ['evidence-digest-mismatch']],
    ['unsigned', commit(), { ...good, signature: 'unsigned' }, ['evidence-unsigned']],
    ['with a wrong signature', commit(), { ...good, signature: 'invalid' }, ['evidence-unsigned']],
    ['of a co-author', commit({ author: person, message: 'Work\n\nco-authored-by: Claude <NoReply@Anthropic.com>\n' }), null, ['commit-without-run', 'agent-commit-without-notes']],
    ['squashed, with trailers in the middle', commit({ author: person, message: '* One\n\nAI-Run: r-aaaaaa\n\n* Two\n' }), null, ['agent-commit-without-notes']],
  ])('finds a commit %s', async (_name, given, evidence, expected) => {
    expect(await check([given], evidence)).toEqual(expected);
  });

  it('knows addresses that are named for this repository', async () => {
    const bot = commit({ author: { name: 'bot', email: '12345+Robot@users.noreply.github.com' }, message: 'Work' });
    expect(await check([bot], null)).toEqual([]);
    expect(await check([bot], null, ['robot@users.noreply.github.com'])).toHaveLength(2);
  });

  it('has no answer outside of a range, or where evidence can\'t be read', async () => {
    const staged = await checkChanges(deps({ changes: [] }, load([NO_SECRETS]), { readEvidence: async () => good }), input({ requireEvidence: true }));
    expect(staged.undecidable?.message).toContain('needs a range');
    const blind = await checkChanges(deps({ changes: [] }, load([NO_SECRETS])), input({ target, requireEvidence: true }));
    expect(blind.undecidable).not.toBeNull();
  });
});

describe('--report', () => {
  it('reads formats and files, and writes them all', async () => {
    const orders = parseReportOrders(['sarif=out/a=b.sarif', 'junit=x.xml', 'json=x.json']);
    expect(orders).toEqual([{ format: 'sarif', file: 'out/a=b.sarif' }, { format: 'junit', file: 'x.xml' }, { format: 'json', file: 'x.json' }]);
    const written: string[] = [];
    const report = await checkChanges(deps({ changes: [] }, load([NO_SECRETS])), input());
    await writeReports(report, orders, { version: '1', sha256: (text) => text, write: async (file, content) => void written.push(`${file} ${content.slice(0, 5)}`) });
    expect(written).toEqual(['out/a=b.sarif {\n "$', 'x.xml <?xml', 'x.json {"sch']);
  });

  it('compares thousands of spellings of one name without comparing each with each', () => {
    const names = Array.from({ length: 8_192 }, (_, index) => Array.from('abcdefghijklm', (letter, bit) => ((index >> bit) & 1 ? letter.toUpperCase() : letter)).join(''));
    expect(findCollisions(names, names)).toHaveLength(1_000);
  });

  it.each([[['sarif']], [['sarif=']], [['=x']], [['toString=x']], [['pdf=x']], [['json=x', 'sarif=x']], [['json=a\0b']], [Array.from({ length: 17 }, (_, index) => `json=${index}`)]])('refuses %j', (values) => {
    expect(() => parseReportOrders(values)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
