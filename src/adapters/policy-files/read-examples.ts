import { isScalar, type Node } from 'yaml';
import { EFFECTS } from '../../domain/policy/effect.js';
import { FACT_TYPES, type FactType, type FactValue } from '../../domain/policy/facts.js';
import type { PolicyPoint } from '../../domain/policy/point.js';
import type { PolicyExample } from './example.js';
import { EXAMPLE_WORDS } from './keys.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import type { Entry, Reader } from './reader.js';

export const EXPECTATIONS = [...EFFECTS, 'none'] as const;

export const EXAMPLE_TYPES: ReadonlyMap<string, FactType> = new Map<string, FactType>([...Object.entries(FACT_TYPES), ...Object.entries(EXAMPLE_WORDS)]);
const EXAMPLE_KEYS: readonly string[] = ['expect', ...EXAMPLE_TYPES.keys()];
const WHOLE = /^(0|-?[1-9]\d{0,15})$/;
const DECIMAL = /^-?(0|[1-9]\d{0,15})(\.\d{1,15})?$/;

export interface ExampleOwner {
  readonly id: string;
  readonly on: readonly PolicyPoint[];
}

export function readExamples(reader: Reader, node: Node | null, rule: ExampleOwner): readonly PolicyExample[] {
  const items = reader.list(node, 'examples', POLICY_FILE_LIMITS.examples);
  return (items ?? []).map((item) => readExample(reader, item, rule)).filter((example) => example !== null);
}

function readExample(reader: Reader, node: Node, rule: ExampleOwner): PolicyExample | null {
  const section = reader.section(node, 'an example', EXAMPLE_KEYS);
  if (section === null) return null;
  const expectation = section.get('expect');
  if (expectation === undefined) return reader.problem(node, 'the example does not say what to expect', `Write expect: with one of ${EXPECTATIONS.join(', ')}.`);
  const expect = reader.oneOf(expectation.value, 'expect', EXPECTATIONS);
  // No prototype: names come from the file.
  const facts = Object.create(null) as Record<string, FactValue>;
  for (const [name, entry] of section) {
    const type = EXAMPLE_TYPES.get(name);
    const value = type === undefined ? null : readFact(reader, { ...entry, name, type });
    if (value !== null) facts[name] = value;
  }
  checkPoint(reader, section.get('on'), rule);
  return expect === null ? null : { rule: rule.id, at: reader.place(node), expect, facts };
}

function readFact(reader: Reader, { name, value, type }: Entry & { readonly name: string; readonly type: FactType }): FactValue | null {
  if (type === 'string') return reader.text(value, name);
  if (type === 'bool') return reader.flag(value, name);
  if (type === 'list<string>') return reader.words(value, name)?.map(({ text }) => text) ?? null;
  const digits = isScalar(value) && typeof value.value === 'string' ? reader.problem(value, `${name} is a text; it has to be a number`, 'Leave the quotes out.') : reader.digits(value, name, type === 'int' ? WHOLE : DECIMAL);
  return digits === null ? null : Number(digits);
}

function checkPoint(reader: Reader, entry: Entry | undefined, rule: ExampleOwner): void {
  if (entry !== undefined && rule.on.length > 0) reader.oneOf(entry.value, 'on', rule.on);
}
