import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONJUNCT_LIMIT, normalForm } from '../../../../../src/domain/policy/analysis/conditions/normal-form.js';
import { solve } from '../../../../../src/domain/policy/analysis/conditions/solve.js';
import type { Expression } from '../../../../../src/domain/policy/condition.js';
import type { FactName, Facts } from '../../../../../src/domain/policy/facts.js';
import { holds } from './reference.js';
import { expressions, requests } from './samples.js';

const fact = (name: FactName): Expression => ({ kind: 'fact', name });
const text = (value: string): Expression => ({ kind: 'literal', value, type: 'string' });
const int = (value: number): Expression => ({ kind: 'literal', value, type: 'int' });
const double = (value: number): Expression => ({ kind: 'literal', value, type: 'double' });
const compare = (left: Expression, operator: string, right: Expression): Expression => ({ kind: 'compare', operator: operator as '==', left, right });
const call = (name: string, ...args: readonly Expression[]): Expression => ({ kind: 'call', name, args, text: `${name}(${JSON.stringify(args)})` });
const not = (of: Expression): Expression => ({ kind: 'not', of });
const either = (left: Expression, right: Expression): Expression => ({ kind: 'or', left, right });
const list = (...items: readonly Expression[]): Expression => ({ kind: 'list', items });

const calls = fact('run.toolCalls');
const cost = fact('run.costUsd');
const risk = fact('task.risk');

describe('an answer is true', () => {
  it('what is unsatisfiable holds for no facts, and a certain model makes all expressions true', () => {
    const pool = fc.sample(requests, 1_000).map(({ facts }): Facts => facts);
    const counts = { unsatisfiable: 0, certain: 0 };
    fc.assert(
      fc.property(fc.array(expressions, { minLength: 1, maxLength: 3 }), (all) => {
        const answer = solve(all);
        if (answer.kind === 'unsatisfiable') {
          counts.unsatisfiable += 1;
          expect(pool.find((facts) => all.every((expression) => holds(expression, facts) === true))).toBeUndefined();
        } else if (answer.certain) {
          counts.certain += 1;
          expect(all.map((expression) => holds(expression, answer.facts))).toEqual(all.map(() => true));
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(counts.unsatisfiable, counts.certain)).toBeGreaterThan(50);
  });
});

describe('contradictions', () => {
  it.each([
    ['two values', [compare(risk, '==', text('low')), compare(text('high'), '==', risk)]],
    ['a value and its exclusion', [compare(risk, 'in', list(text('a'), text('b'))), compare(risk, '!=', text('a')), not(compare(risk, 'in', list(text('b'))))]],
    ['an empty list', [compare(risk, 'in', list())]],
    ['an interval without a whole number', [compare(calls, '>', int(2)), compare(calls, '<', int(3))]],
    ['a whole number that is none', [compare(calls, '==', double(2.5))]],
    ['all whole numbers excluded', [compare(calls, '>=', int(1)), compare(calls, '<=', int(2)), compare(calls, '!=', int(1)), compare(calls, '!=', int(2))]],
    ['an open end', [compare(cost, '>', double(1)), compare(cost, '<=', double(1))]],
    ['prefixes that part', [call('startsWith', risk, text('ab')), call('startsWith', risk, text('ac'))]],
    ['a prefix and its negation', [call('startsWith', risk, text('ab')), not(call('startsWith', risk, text('a')))]],
    ['a boolean', [fact('run.unattended'), not(fact('run.unattended'))]],
    ['an opaque call', [call('exists', fact('task.labels'), text('x')), not(call('exists', fact('task.labels'), text('x')))]],
    ['a member', [compare(text('ui'), 'in', fact('task.labels')), not(compare(text('ui'), 'in', fact('task.labels')))]],
    ['an absent fact', [not(call('has', risk)), compare(risk, '!=', text('low'))]],
    ['false', [{ kind: 'literal', value: false, type: 'bool' }]],
  ] as const satisfies readonly (readonly [string, readonly Expression[]])[])('%s', (_, all) => expect(solve(all)).toEqual({ kind: 'unsatisfiable' }));

  it.each([
    ['one whole number is left', [compare(calls, '>', int(2)), compare(calls, '<', int(4))], { 'run.toolCalls': 3 }],
    ['a closed end', [compare(cost, '>=', double(7)), compare(cost, '<=', double(7))], { 'run.costUsd': 7 }],
    ['between open ends', [compare(cost, '>', double(7)), compare(cost, '<', double(8)), compare(cost, '!=', double(7.5))], { 'run.costUsd': 7.2 }],
    ['only an upper end', [compare(calls, '<', int(-5))], { 'run.toolCalls': -8 }],
    ['a prefix besides what is excluded', [call('startsWith', risk, text('lo')), compare(risk, '!=', text('low'))], { 'task.risk': 'lox' }],
    ['members', [compare(text('ui'), 'in', fact('task.labels')), not(compare(text('api'), 'in', fact('task.labels')))], { 'task.labels': ['ui'] }],
    ['one of two ways', [either(compare(risk, '==', text('low')), compare(risk, '==', text('high'))), compare(risk, '!=', text('low'))], { 'task.risk': 'high' }],
  ] as const)('none: %s', (_, all, facts) => expect(solve(all)).toMatchObject({ kind: 'model', facts, certain: true }));

  it('comparisons of two facts may both be untrue, and numbers beyond exactness prove nothing', () => {
    expect(solve([not(compare(cost, '<', fact('run.minutes'))), not(compare(cost, '>=', fact('run.minutes')))])).toMatchObject({ kind: 'model', certain: false });
    const [big, bigger] = [int(2 ** 53), int(2 ** 53 + 2)];
    expect(solve([compare(calls, '==', big), compare(calls, '==', bigger)])).toMatchObject({ kind: 'model', certain: false });
  });

  it('a condition with too many cases is given up', () => {
    const pair = (index: number): Expression => either(compare(calls, '==', int(index)), compare(cost, '==', double(index)));
    const many = (count: number): Expression => Array.from({ length: count }, (_, index) => pair(index)).reduce((left, right): Expression => ({ kind: 'and', left, right }));
    expect(normalForm(many(8))).toHaveLength(CONJUNCT_LIMIT);
    expect(normalForm(many(9))).toBeNull();
    expect(solve([many(9)])).toEqual({ kind: 'model', facts: {}, certain: false });
  });
});
