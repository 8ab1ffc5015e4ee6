import { describe, expect, it } from 'vitest';
import { combineLayers } from '../../../../../src/domain/policy/layers/combine.js';
import { compilePolicy } from '../../../../../src/domain/policy/evaluate/compile-policy.js';
import { decide } from '../../../../../src/domain/policy/evaluate/decide.js';
import { builtinFloor } from '../../../../../src/domain/policy/floor/builtin-floor.js';
import type { PolicyPoint } from '../../../../../src/domain/policy/point.js';
import { compile, file, layer, NOW, policyOf, request, rule } from '../evaluate/samples.js';

const wide = layer('project', { rules: [rule({ id: 'all', effect: 'allow', on: ['path.write', 'commit', 'task.merge', 'policy.change'] })] });
const compiled = compilePolicy(policyOf(builtinFloor(), wide), compile);
const person = { ...request('commit').subject, agent: null, roles: [], labels: [] };
const effectOf = (point: PolicyPoint, path: string, isPerson = false) => decide(compiled, request(point, { paths: [file(path)], ...(isPerson ? { subject: person } : {}) })).effect;

describe('builtinFloor', () => {
  it('is a valid, locked layer', () => {
    expect(combineLayers([builtinFloor()], NOW).problems).toEqual([]);
    expect(builtinFloor().rules.every((floor) => floor.locked && floor.overridable.length === 0)).toBe(true);
  });

  it.each(['.ai/policy.yaml', '.AI/Policy.YAML', '.ai/policy.yml', '.ai', '.ai/agents', '.ai/agents/x/y.yaml', '.ai/config.yaml', '.ai/skills/a/SKILL.md', '.ai/workflows/x', '.claude', '.claude/settings.json', 'sub/.claude/settings.json', '.codex/config.toml', '.gemini/settings.json', '.qwen/x', '.opencode/x', 'opencode.jsonc', '.mcp.json', '.cursor/mcp.json', '.github', '.github/workflows/ci.yml', '.github/workflows', '.gitlab-ci.yml', '.circleci/config.yml', 'Jenkinsfile', 'azure-pipelines.yml', '.buildkite/x.yml', '.husky/pre-commit', 'lefthook.yml', 'lefthook.yaml', '.pre-commit-config.yaml', '.gitattributes', 'sub/.gitattributes', '.gitmodules', '.ai./policy.yaml', '.claude::$INDEX_ALLOCATION/x', 'claude~1/settings.json'])('an agent asks before it changes %s, a person does not', (path) => {
    for (const point of ['path.write', 'commit', 'task.merge', 'policy.change'] as const) {
      expect(effectOf(point, path), point).toBe('ask');
      expect(effectOf(point, path, true), point).toBe('allow');
    }
  });

  it.each(['.git', '.git/config', '.GIT/hooks/pre-commit', '.g\u200bit/hooks/x', 'GIT~1/config', '.git./config', '.git /config', '.git::$INDEX_ALLOCATION/config', 'sub/.git/config', 'sub/.git', '.ai/state.db', '.ai/state.db-wal', '.ai/run/x', '.ai/runs/r-1/log'])('an agent never writes %j', (path) => {
    expect(effectOf('path.write', path)).toBe('deny');
    expect(effectOf('path.write', path, true)).toBe('allow');
  });

  it.each(['src/a.ts', 'AGENTS.md', '.github/CODEOWNERS', '.gitignore', '.ai/notes.md', 'docs/.git.md', 'claude.md'])('leaves %s alone', (path) => {
    for (const point of ['path.write', 'commit', 'task.merge'] as const) expect(effectOf(point, path), point).toBe('allow');
  });

  it('asks for every change of policy by an agent', () => {
    expect(effectOf('policy.change', 'elsewhere.yaml')).toBe('ask');
    expect(decide(compiled, request('policy.change')).effect).toBe('ask');
    expect(decide(compiled, request('policy.change', { subject: person })).effect).toBe('allow');
  });
});
