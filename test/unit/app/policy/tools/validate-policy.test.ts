import { afterEach, describe, expect, it } from 'vitest';
import { validatePolicy } from '../../../../../src/app/policy/tools/validate-policy.js';
import type { AiError } from '../../../../../src/domain/kernel/errors.js';
import type { Files } from '../../../../support/temporary-repository.js';
import { createPolicyWorld, POLICY, type PolicyWorld } from './policy-world.js';

let world: PolicyWorld | undefined;
afterEach(() => {
  world?.close();
  world = undefined;
});

async function open(files: Files): Promise<PolicyWorld> {
  world = await createPolicyWorld(files);
  return world;
}

const rule = (id: string, more: string): string => `  - id: ${id}\n    effect: ask\n    on: [path.write]\n${more}`;
const policy = (...rules: string[]): string => `policy: 1\nrules:\n${rules.join('')}`;
const codes = async ({ deps }: PolicyWorld): Promise<string[]> => (await validatePolicy(deps, null)).findings.map(({ severity, code, at }) => `${severity} ${code} ${at}`);

describe('validating the layers', () => {
  it('tells of each whether it is there, committed, and how many rules it has', async () => {
    const { deps } = await open({ [POLICY]: policy(rule('money', '    paths: ["src/billing/**"]\n')) });
    const { layers, findings } = await validatePolicy(deps, null);
    expect(layers.map(({ layer, state, rules }) => [layer, state, rules])).toEqual([
      ['builtin', 'built-in', 8],
      ['global', 'missing', null],
      ['project', 'committed', 1],
      ['agent', 'missing', null],
    ]);
    expect(findings).toEqual([]);
  });

  it('looks at the working tree and says that the commit is what counts', async () => {
    const opened = await open({ [POLICY]: policy(rule('money', '    paths: ["src/billing/**"]\n')) });
    opened.repository.write({ [POLICY]: policy(rule('money', '    paths: ["src/**"]\n')) });
    expect(await codes(opened)).toEqual([`warning modified ${POLICY}`]);
    opened.repository.write({ [POLICY]: null });
    expect(await codes(opened)).toEqual([`warning deleted ${POLICY}`]);
  });

  it('finds a second policy file, which nothing reads', async () => {
    const opened = await open({ [POLICY]: policy(rule('money', '    paths: ["src/billing/**"]\n')), '.ai/policy.yml': 'policy: 1\n' });
    expect(await codes(opened)).toEqual(['error second-policy-file .ai/policy.yml']);
  });

  it('has all problems of all layers in one answer', async () => {
    const { deps } = await open({ [POLICY]: 'policy: 1\nrulez: []\n', '.ai/agents/coder/policy.yaml': 'policy: 2\n' });
    const error = (await validatePolicy(deps, null).catch((reason: unknown) => reason)) as AiError;
    expect(error.code).toBe('INVALID_POLICY');
    expect((error.details['problems'] as { at: string }[]).map(({ at }) => at)).toEqual(['.ai/policy.yaml:2:1', '.ai/agents/coder/policy.yaml:1:9']);
  });

  it('refuses a layer that weakens the one above', async () => {
    const { deps } = await open({ [POLICY]: 'policy: 1\ndefaults: { path.write: deny }\n', '.ai/agents/coder/policy.yaml': 'policy: 1\ndefaults: { path.write: allow }\n' });
    await expect(validatePolicy(deps, null)).rejects.toMatchObject({ code: 'INVALID_POLICY', message: expect.stringContaining('would weaken it') as string });
  });

  it('says that there is none', async () => {
    const { deps } = await open({});
    await expect(validatePolicy(deps, null)).rejects.toMatchObject({ code: 'INVALID_POLICY', hint: 'ai policy init' });
  });
});

describe('rules that do not do what they seem to', () => {
  it('is an error that a rule can never match', async () => {
    const opened = await open({ [POLICY]: policy(rule('never', `    when: 'task.risk == "low" && task.risk == "high"'\n`)) });
    expect(await codes(opened)).toEqual([`error never-matches ${POLICY}:3:5`]);
  });

  it('tells a mistyped path from one that guards what may come', async () => {
    const opened = await open({ [POLICY]: policy(rule('typo', '    paths: ["src/biling/**", "src/app.ts"]\n'), rule('anywhere', '    paths: ["**/.env"]\n'), rule('nowhere', '    paths: ["lib/**", "packages/**"]\n')) });
    const { findings } = await validatePolicy(opened.deps, null);
    expect(findings.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['matches-no-file', 'src/biling/** of typo covers no tracked file', 'Did you mean src/billing/**?'],
      ['matches-no-file', 'nowhere covers no tracked file: lib/**, packages/**', 'Check the spelling; it may also be for files that are yet to come.'],
    ]);
  });
});
