import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../../src/adapters/cel/compile-expression.js';
import { createEnvironment } from '../../../../src/adapters/cel/environment.js';
import type { FactType } from '../../../../src/domain/policy/facts.js';

type Written = Readonly<Record<string, unknown>>;
interface Case {
  readonly name: string;
  readonly expr: string;
  readonly bindings?: Readonly<Record<string, Written>>;
  readonly value?: Written;
  readonly error?: boolean;
}

const fixture = JSON.parse(readFileSync(new URL('../../../fixtures/cel/conformance.json', import.meta.url), 'utf8')) as { readonly cases: readonly Case[]; readonly refused: readonly string[] };

/**
 * Where the library answers 2^63 instead of an overflow: the negation of the smallest integer, and its division by -1.
 * No fact comes near (they are whole numbers below 2^53), so only constants written on purpose get there; such a
 * number is greater than every other, and no rule is wider for it than its author wrote.
 */
const KNOWN_DEVIATIONS: ReadonlySet<string> = new Set(['integer_math/int64_math/int64_min_negate', 'integer_math/int64_math/int64_min_negate_div']);

describe('conformance with CEL', () => {
  const conforming = fixture.cases.filter(({ name }) => !KNOWN_DEVIATIONS.has(name));

  it('has the cases that it speaks of', () => {
    expect(conforming).toHaveLength(425);
    expect(fixture.cases.length - conforming.length).toBe(KNOWN_DEVIATIONS.size);
    expect(fixture.refused.length).toBeGreaterThan(600);
  });

  it.each(conforming)('$name: $expr', (test) => {
    expect(outcomeOf(test)).toEqual(test.error === true ? 'error' : { value: comparable(valueOf(test.value!)) });
  });

  it('deviates where it is said to, and nowhere else', () => {
    for (const test of fixture.cases.filter(({ name }) => KNOWN_DEVIATIONS.has(name))) expect(outcomeOf(test)).toEqual({ value: '9223372036854775808 int' });
  });

  it.each(fixture.refused)('refuses %j with a reason', (text) => {
    const compiled = compileExpression(text, createEnvironment({}));
    expect(compiled).toMatchObject({ ok: false, problem: { message: expect.stringMatching(/\w{2}/) as string } });
    if (!compiled.ok) expect(compiled.problem.offset).toBeLessThanOrEqual(text.length);
  });
});

function outcomeOf(test: Case): unknown {
  const bindings = Object.entries(test.bindings ?? {});
  const declarations = Object.fromEntries(bindings.map(([name, value]) => [name, ('list' in value ? 'list<string>' : Object.keys(value)[0]) as FactType]));
  const values = new Map(bindings.map(([name, value]) => [name, valueOf(value)]));
  const compiled = compileExpression(test.expr, createEnvironment(declarations));
  if (!compiled.ok) return compiled.problem;
  const { expression } = compiled;
  try {
    return { value: comparable(expression.evaluate((name) => (typeof values.get(name) === 'bigint' ? Number(values.get(name)) : (values.get(name) as string)))) };
  } catch {
    return 'error';
  }
}

function valueOf(written: Written): unknown {
  if ('int' in written) return BigInt(written['int'] as string);
  if ('double' in written) return Number(String(written['double']).replace(/^(-?)inf.*/i, '$1Infinity'));
  if ('list' in written) return (written['list'] as Written[]).map(valueOf);
  if ('map' in written) return Object.fromEntries((written['map'] as [Written, Written][]).map(([key, value]) => [String(valueOf(key)), valueOf(value)]));
  return 'null' in written ? null : Object.values(written)[0];
}

/** Tells 1 from 1.0 and 0.0 from -0.0. */
function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value} int`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0 double' : `${value} double`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value).sort().map(([key, item]) => [key, comparable(item)]));
  return value;
}
