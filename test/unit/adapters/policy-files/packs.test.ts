import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createConditionCompiler } from '../../../../src/adapters/cel/condition-compiler.js';
import type { PolicyExample } from '../../../../src/adapters/policy-files/example.js';
import * as keys from '../../../../src/adapters/policy-files/keys.js';
import { parsePolicyFile } from '../../../../src/adapters/policy-files/parse-policy-file.js';
import { policyJsonSchema, type JsonSchema } from '../../../../src/adapters/policy-files/policy-json-schema.js';
import { FACT_TYPES } from '../../../../src/domain/policy/facts.js';
import { readCommand } from '../../../../src/domain/policy/command/read-command.js';
import { compilePolicy } from '../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../src/domain/policy/evaluate/decide.js';
import { ENGINE, type Rule } from '../../../../src/domain/policy/layer.js';
import type { DecisionRequest, RequestPath } from '../../../../src/domain/policy/request.js';
import { POLICY_POINTS } from '../../../../src/domain/policy/point.js';
import { violations } from './check-schema.js';

const compile = createConditionCompiler();
const folder = fileURLToPath(new URL('../../../../policies/', import.meta.url));
const packs = readdirSync(folder).map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));

describe('the shipped policies', () => {
  it('are these', () => {
    expect(packs.map(({ name }) => name).sort()).toEqual(['ci.yaml', 'default.yaml', 'open-source.yaml', 'strict.yaml']);
  });

  it.each(packs)('$name loads without a warning, as a project and as a global policy', ({ name, text }) => {
    for (const layer of ['project', 'global'] as const) {
      const parsed = parsePolicyFile({ text, source: `policies/${name}`, revision: null, layer }, compile);
      expect(parsed.warnings).toEqual([]);
      expect(parsed.layer.name).toBe(name.replace('.yaml', ''));
      for (const rule of parsed.layer.rules) expect(parsed.examples.filter((example) => example.rule === rule.id).length, rule.id).toBeGreaterThan(0);
      for (const rule of parsed.layer.rules.filter(({ effect }) => effect !== 'allow')) expect(rule.why, rule.id).not.toBeNull();
    }
  });

  it.each(packs)('$name fits the published schema', ({ text }) => {
    expect(violations(policyJsonSchema(), parse(text))).toEqual([]);
  });

  it.each(packs)('$name does what its examples say', ({ name, text }) => {
    const { layer, examples } = parsePolicyFile({ text, source: name, revision: null, layer: 'project' }, compile);
    const compiled = compilePolicy({ engine: ENGINE, layers: [layer] }, compile);
    const wrong = examples.filter((example) => {
      const rule = layer.rules.find(({ id }) => id === example.rule)!;
      const trace = decide(compiled, requestOf(example, rule), { trace: 'all' }).rules.find(({ id }) => id === rule.id);
      return (trace?.result === 'match' ? rule.effect : 'none') !== example.expect;
    });
    expect(wrong).toEqual([]);
  });

  it('asks nobody in CI', () => {
    const { layer } = parsePolicyFile({ text: packs.find(({ name }) => name === 'ci.yaml')!.text, source: 'ci.yaml', revision: null, layer: 'project' }, compile);
    expect([...layer.rules.map(({ effect }) => effect), ...Object.values(layer.defaults)]).not.toContain('ask');
  });
});

function requestOf({ facts }: PolicyExample, rule: Rule): DecisionRequest {
  const text = (name: string): string | null => (typeof facts[name] === 'string' ? facts[name] : null);
  const [file, command] = [text('path'), text('command')];
  return {
    point: rule.on[0]!,
    subject: { agent: text('agent'), roles: [], labels: [], user: 'anna', session: null, run: null, task: null },
    action: { name: 'test', tool: null, toolCall: null },
    resource: { kind: 'path', id: file ?? 'test', digest: null },
    paths: file === null ? [] : [{ path: file, kind: text('change.kind') as RequestPath['kind'], mode: text('change.mode') as RequestPath['mode'] }],
    command: command === null ? null : readCommand(command),
    skills: [],
    taskType: null,
    taskLabels: [],
    facts: Object.fromEntries(Object.entries(facts).filter(([name]) => name in FACT_TYPES)),
    nowMs: 0,
    approvals: [],
  };
}

describe('the schema', () => {
  const schema = policyJsonSchema();
  const at = (...names: readonly string[]): JsonSchema => names.reduce<JsonSchema>((inside, name) => inside[name] as JsonSchema, schema);
  const keysAt = (...names: readonly string[]): string[] => Object.keys(at(...names, 'properties')).sort();

  it('has the keys that the reader has', () => {
    const rule = ['properties', 'rules', 'items'];
    expect(keysAt()).toEqual([...keys.FILE_KEYS].sort());
    expect(keysAt(...rule)).toEqual([...keys.RULE_KEYS].sort());
    expect(keysAt(...rule, 'properties', 'command')).toEqual([...keys.COMMAND_KEYS].sort());
    expect(keysAt(...rule, 'properties', 'approval')).toEqual([...keys.APPROVAL_KEYS].sort());
    expect(keysAt(...rule, 'properties', 'examples', 'items')).toEqual(['expect', ...Object.keys(FACT_TYPES), ...Object.keys(keys.EXAMPLE_WORDS)].sort());
    expect(keysAt('properties', 'override', 'items')).toEqual([...keys.OVERRIDE_KEYS].sort());
    expect(keysAt('properties', 'limits')).toEqual([...keys.LIMITS_KEYS].sort());
    expect(keysAt('properties', 'limits', 'properties', 'run')).toEqual([...keys.RUN_LIMIT_KEYS].sort());
    expect(keysAt('properties', 'limits', 'properties', 'day')).toEqual([...keys.DAY_LIMIT_KEYS].sort());
    expect(keysAt('properties', 'evidence')).toEqual([...keys.EVIDENCE_KEYS].sort());
    expect(keysAt('properties', 'defaults')).toEqual([...POLICY_POINTS].sort());
  });

  it('closes every object and describes every key', () => {
    const visit = (node: unknown, where: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node) {
        expect(node, where).toHaveProperty('additionalProperties', false);
        for (const [name, property] of Object.entries(node.properties as object)) if (!where.includes('examples')) expect(property, `${where}/${name}`).toHaveProperty('description');
      }
      for (const [name, child] of Object.entries(node)) visit(child, `${where}/${name}`);
    };
    visit(schema, '');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it.each([
    ['policy: 2', '/policy'],
    ['policy: 1\nrulez: []', '/rulez'],
    ['policy: 1\nrules: [{id: A, effect: deny, on: [commit]}]', '/rules/0/id'],
    ['policy: 1\nrules: [{id: a, effect: maybe, on: [commit]}]', '/rules/0/effect'],
    ['policy: 1\nrules: [{id: a, effect: deny, on: [path.wirte]}]', '/rules/0/on/0'],
    ['policy: 1\nrules: [{id: a, effect: deny}]', '/rules/0'],
    ['policy: 1\nsets: {Money: [a]}', '/sets'],
    ['policy: 1\nsets: {money: ["@other"]}', '/sets/money/0'],
    ['policy: 1\nlimits: {run: {usd: -1}}', '/limits/run/usd'],
    ['policy: 1\nlimits: {run: {tool_calls: 1.5}}', '/limits/run/tool_calls'],
    ['policy: 1\noverride: [{rule: a, reason: b, expires: tomorrow}]', '/override/0/expires'],
  ])('refuses what the reader refuses: %j', (text, where) => {
    expect(violations(schema, parse(text))).toContain(where);
    expect(() => parsePolicyFile({ text, source: 'p', revision: null, layer: 'project' }, compile)).toThrow();
  });
});
