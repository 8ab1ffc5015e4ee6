import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRules } from '../../../../../src/domain/policy/analysis/compare-rules.js';
import { findConflicts, findPathsWithoutFiles } from '../../../../../src/domain/policy/analysis/find-conflicts.js';
import { prepareRule, type PreparedRule } from '../../../../../src/domain/policy/analysis/prepare-rule.js';
import type { AnalysisDependencies, ConflictReport } from '../../../../../src/domain/policy/analysis/results.js';
import type { EffectivePolicy, Rule } from '../../../../../src/domain/policy/layer.js';
import { compile, decide, layerOf, matches, policyOf, rule } from './reference.js';
import { requests, rules } from './samples.js';

const dependenciesFor = (policy: EffectivePolicy): AnalysisDependencies => ({ compile, matches, decide: (request) => decide(policy, request), nowMs: 0 });
const prepare = (made: Rule): PreparedRule => prepareRule(made, { layer: 'project', layerIndex: 0 }, compile);
const analyse = (policy: EffectivePolicy): ConflictReport => findConflicts(policy, dependenciesFor(policy));
const analyseRules = (...made: readonly Rule[]): ConflictReport => analyse(policyOf(layerOf(made)));
const comparison = (fact: string, operator: string, value: string | number): object => (
  { kind: 'compare', operator, left: { kind: 'fact', name: fact }, right: { kind: 'literal', value, type: typeof value === 'string' ? 'string' : 'int' } });
const when = (fact: string, operator: string, value: string | number): string => JSON.stringify(comparison(fact, operator, value));

describe('what is said of two rules is true', () => {
  it('of disjoint ones no request matches both, of conflicting ones the witness does', () => {
    const counts = { disjoint: 0, conflict: 0, possible: 0 };
    const pool = fc.sample(requests, 4_000);
    fc.assert(
      fc.property(rules, rules, fc.nat(3_000), (a, b, start) => {
        const answer = compareRules(prepare(a), prepare(b), { matches, nowMs: 0 });
        counts[answer.verdict] += 1;
        if (answer.verdict === 'conflict') expect([matches(a, answer.witness), matches(b, answer.witness)]).toEqual(['match', 'match']);
        if (answer.verdict !== 'disjoint') return;
        // Where case distinguishes paths, an allow in another spelling is another path.
        const tried = pool.slice(start, start + 500).filter((request) => !answer.spellingAside || request.paths.every(({ path }) => path === path.toLowerCase()));
        const contradiction = tried.find((request) => matches(a, request) === 'match' && matches(b, request) === 'match');
        expect(contradiction).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
    expect(counts.disjoint).toBeGreaterThan(100);
    expect(counts.conflict).toBeGreaterThan(100);
  });

  it('an allow that is apart from a deny or an ask is so also where that can\'t be evaluated', () => {
    const pool = fc.sample(requests, 2_000);
    fc.assert(
      fc.property(rules, rules, (first, second) => {
        const [a, b] = [{ ...first, effect: 'allow' as const, roles: null, labels: null, agents: null, on: ['path.write' as const] }, { ...second, effect: 'deny' as const, roles: null, labels: null, agents: null, on: ['path.write' as const] }];
        const answer = compareRules(prepare(a), prepare(b), { matches, nowMs: 0 });
        if (answer.verdict !== 'disjoint' || answer.spellingAside) return;
        expect(pool.find((request) => matches(a, request) === 'match' && matches(b, request) !== 'no')).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  it('whichever rule comes first', () => {
    fc.assert(
      fc.property(rules, rules, (a, b) => {
        const [forth, back] = [compareRules(prepare(a), prepare(b), { matches, nowMs: 0 }), compareRules(prepare(b), prepare(a), { matches, nowMs: 0 })];
        expect(forth.verdict === 'disjoint').toBe(back.verdict === 'disjoint');
      }),
      { numRuns: 200 },
    );
  });
});

describe('findings are true', () => {
  it('of rules that never match, are overruled, or lie outside the ceiling', () => {
    const pool = fc.sample(requests, 1_500);
    fc.assert(
      fc.property(fc.array(rules, { minLength: 2, maxLength: 4 }), fc.array(rules, { minLength: 1, maxLength: 3 }), (upper, lower) => {
        const named = (prefix: string, made: readonly Rule[]): readonly Rule[] => made.map((one, index) => ({ ...one, id: `${prefix}-${index}`, overridable: [] }));
        const policy = policyOf(layerOf(named('global', upper), { layer: 'global', defaults: { 'path.write': 'deny' } }), layerOf(named('project', lower)));
        const all = new Map(policy.layers.flatMap((layer) => layer.rules).map((one) => [one.id, one]));
        for (const found of analyse(policy).findings) {
          const own = all.get(found.rule.id)!;
          const other = found.other === null ? null : all.get(found.other.id)!;
          const wrong = pool.find((request) => {
            const answer = matches(own, request);
            if (found.kind === 'never-matches') return answer === 'match';
            if (found.kind === 'outside-ceiling') return answer === 'match' && decide(policy, request).effect === 'allow';
            return answer !== 'no' && matches(other!, request) === 'no';
          });
          expect(wrong, found.sentence).toBeUndefined();
        }
      }),
      { numRuns: 120 },
    );
  });
});

describe('conflicts', () => {
  it('names both rules, both places and a request that shows it', () => {
    const report = analyseRules(
      rule({ id: 'coder-area', paths: ['src/**'], agents: ['role:coder'], at: 'p.yaml:4:5' }),
      rule({ id: 'money-needs-owner', effect: 'ask', paths: ['src/billing/**'], when: when('task.risk', '!=', 'low'), at: 'p.yaml:9:5' }),
    );
    expect(report.conflicts).toHaveLength(1);
    const [conflict] = report.conflicts;
    expect(conflict).toMatchObject({ verdict: 'conflict', stricter: { id: 'money-needs-owner', at: 'p.yaml:9:5' }, weaker: { id: 'coder-area', at: 'p.yaml:4:5' }, points: ['path.write'] });
    expect(conflict?.witness).toMatchObject({ point: 'path.write', paths: [{ path: 'src/billing/x' }], subject: { roles: ['coder'] }, facts: { path: 'src/billing/x', 'task.risk': 'medium', 'agent.role': 'coder' } });
    expect(conflict?.sentence).toBe('coder-area (p.yaml:4:5) says allow and money-needs-owner (p.yaml:9:5) says ask for path.write "src/billing/x" by some-agent; ask wins.');
    expect(report.counts).toEqual({ rules: 2, pairs: 1, disjoint: 0, conflict: 1, possible: 0, notSearched: 0 });
  });

  it.each([
    ['points', { on: ['path.read'] }],
    ['agents', { agents: ['codex'] }],
    ['tasks', { tasks: ['chore'] }],
    ['paths', { paths: ['docs/**'] }],
    ['when', { when: when('task.attempt', '>', 3) }],
  ] as const)('tells rules apart by %s', (because, parts) => {
    const a = rule({ id: 'a', agents: ['claude'], tasks: ['bug'], paths: ['src/**'], when: when('task.attempt', '<', 4) });
    const b = rule({ ...a, id: 'b', effect: 'deny', ...parts });
    expect(compareRules(prepare(a), prepare(b), { matches, nowMs: 0 })).toMatchObject({ verdict: 'disjoint', because, spellingAside: false });
  });

  it('tells commands and skills apart only where they are asked about', () => {
    const a = rule({ id: 'a', on: ['command.run', 'skill.run'], command: { starts: ['git', 'push'], any: [] }, skills: ['deploy'] });
    const b = rule({ id: 'b', effect: 'deny', on: ['command.run', 'skill.run'], command: { starts: ['git', 'pull'], any: [] }, skills: ['review'] });
    expect(compareRules(prepare(a), prepare(b), { matches, nowMs: 0 })).toMatchObject({ verdict: 'disjoint' });
    expect(compareRules(prepare({ ...a, on: ['tool.use'], command: null }), prepare({ ...b, on: ['tool.use'], command: null }), { matches, nowMs: 0 })).toMatchObject({ verdict: 'conflict', witness: { skills: ['deploy', 'review'] } });
  });

  it('says where only spelling keeps an allow and a deny apart', () => {
    const a = rule({ id: 'a', paths: ['[!a]*'] });
    const b = rule({ id: 'b', effect: 'deny', paths: ['abc'] });
    expect(compareRules(prepare(a), prepare(b), { matches, nowMs: 0 })).toMatchObject({ verdict: 'disjoint', because: 'paths', spellingAside: true });
    expect(matches(a, { ...fc.sample(requests, 1)[0]!, point: 'path.write', paths: [{ path: 'Abc', kind: null, mode: null }] })).toBe('match');
  });

  it('lists no more than it should, and counts what it did not look at', () => {
    const many = Array.from({ length: 220 }, (_, index) => rule({ id: `r-${index}`, effect: index % 2 === 0 ? 'allow' : 'deny', paths: ['**'] }));
    const report = analyseRules(...many);
    expect(report.conflicts).toHaveLength(1_000);
    expect(report.counts).toMatchObject({ pairs: 12_100, conflict: 10_000, notSearched: 2_100 });
  });
});

describe('rules that do nothing', () => {
  const kinds = (report: ConflictReport): readonly (readonly [string, string, string | null])[] => report.findings.map(({ kind, rule: own, other }) => [kind, own.id, other?.id ?? null]);

  it.each([
    ['a condition that is never true', rule({ id: 'a', when: JSON.stringify({ kind: 'and', left: comparison('run.toolCalls', '>', 2), right: comparison('run.toolCalls', '<', 3) }) })],
    ['exceptions that leave nothing', rule({ id: 'a', paths: ['src/*.ts'], except: ['src'] })],
    ['an empty list', rule({ id: 'a', tasks: [] })],
    ['no point', rule({ id: 'a', on: [] })],
  ])('%s', (_, made) => expect(kinds(analyseRules(made))).toEqual([['never-matches', 'a', null]]));

  it('a condition that holds for one whole number only is no contradiction', () => {
    const both = JSON.stringify({ kind: 'and', left: comparison('run.toolCalls', '>', 2), right: comparison('run.toolCalls', '<', 4) });
    expect(kinds(analyseRules(rule({ id: 'a', when: both })))).toEqual([]);
  });

  it('shadowed, overridden and duplicate rules', () => {
    const report = analyseRules(
      rule({ id: 'deny-src', effect: 'deny', paths: ['SRC/**'] }),
      rule({ id: 'ask-auth', effect: 'ask', paths: ['src/auth/**'] }),
      rule({ id: 'allow-ts', paths: ['src/*.ts'], roles: ['coder'] }),
      rule({ id: 'deny-again', effect: 'deny', paths: ['SRC/**'] }),
      rule({ id: 'allow-docs', paths: ['docs/**'] }),
    );
    expect(kinds(report)).toEqual([
      ['duplicate', 'deny-again', 'deny-src'],
      ['shadowed', 'ask-auth', 'deny-src'],
      ['allow-overridden', 'allow-ts', 'deny-src'],
    ]);
  });

  it('an allow below a layer that does not allow it', () => {
    const global = layerOf([rule({ id: 'only-src', paths: ['src/**'] })], { layer: 'global', source: 'global.yaml', defaults: { 'path.write': 'deny' } });
    const report = analyse(policyOf(global, layerOf([rule({ id: 'docs', paths: ['docs/**'] }), rule({ id: 'auth', paths: ['src/auth/**'] })])));
    expect(kinds(report)).toEqual([['outside-ceiling', 'docs', null]]);
    expect(report.findings[0]?.sentence).toContain('global.yaml');
  });

  it('patterns that match no tracked file', () => {
    const policy = policyOf(layerOf([rule({ id: 'a', paths: ['src/**', 'scr/**'], except: ['src/gone.ts'] })]));
    expect(findPathsWithoutFiles(policy, dependenciesFor(policy), ['src/a.ts', 'README.md']).map(({ sentence }) => sentence)).toEqual(['"scr/**" of a (policy.yaml:1:3) matches no tracked file.', '"src/gone.ts" of a (policy.yaml:1:3) matches no tracked file.']);
  });

  it('a condition that can\'t be read is reported, and nothing is proved with it', () => {
    const policy = policyOf(layerOf([rule({ id: 'a', when: 'x', paths: ['src'] }), rule({ id: 'b', effect: 'deny', paths: ['src'] })]));
    const report = findConflicts(policy, { ...dependenciesFor(policy), compile: () => ({ ok: false, problem: { message: 'no such fact', offset: 0, hint: null } }), matches: () => 'no' });
    expect(report.counts.possible).toBe(1);
    expect(kinds(report)).toEqual([['unreadable', 'a', null], ['allow-overridden', 'a', 'b']]);
  });
});

describe('the cost', () => {
  it('500 rules are searched without anything left out', () => {
    const areas = Array.from({ length: 60 }, (_, index) => `packages/area-${index}`);
    const many = Array.from({ length: 500 }, (_, index) =>
      rule({
        id: `rule-${index}`,
        effect: (['allow', 'deny', 'ask'] as const)[index % 3]!,
        on: index % 5 === 0 ? ['path.read'] : ['path.write', 'commit'],
        agents: index % 7 === 0 ? ['role:coder'] : null,
        paths: index % 11 === 0 ? ['**/*.snap'] : [`${areas[index % 60]}/**/*.${index % 2 === 0 ? 'ts' : 'js'}`, `${areas[(index * 7) % 60]}/x-${index}/**`],
        when: index % 4 === 0 ? when('task.attempt', index % 8 === 0 ? '<' : '>=', 3) : null,
      }),
    );
    analyseRules(...many.slice(0, 50));
    const before = process.cpuUsage();
    const report = analyseRules(...many);
    const used = process.cpuUsage(before);
    expect(report.counts).toEqual({ rules: 500, pairs: 83_333, disjoint: 73_841, conflict: 9_492, possible: 0, notSearched: 0 });
    // Time of the processor, since other work may share the machine, with room for compiling while it runs. Warm it takes half a second.
    expect((used.user + used.system) / 1_000).toBeLessThan(6_000);
  });
});
