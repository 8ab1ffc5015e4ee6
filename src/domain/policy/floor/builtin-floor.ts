import type { Effect } from '../effect.js';
import { emptyLayer, type PolicyLayer, type Rule } from '../layer.js';
import type { PolicyPoint } from '../point.js';

interface FloorRule {
  readonly id: string;
  readonly effect: Effect;
  readonly on: readonly PolicyPoint[];
  readonly who: 'agents' | 'people';
  readonly paths: readonly string[] | null;
  readonly why: string;
}

/** Where a change of a file can be stopped before it counts. */
const CHANGES: readonly PolicyPoint[] = ['path.write', 'commit', 'task.merge', 'policy.change'];

/** A folder itself and nothing below it, which a bare name would cover as well: it may be replaced by a link to another one. */
const JUST_AI = '.a[iI]';
const JUST_GITHUB = '.githu[bB]';

const FLOOR: readonly FloorRule[] = [
  {
    id: 'floor-control-files',
    effect: 'ask',
    on: CHANGES,
    who: 'agents',
    paths: ['.ai/policy.yaml', '.ai/policy.yml', '.ai/policy', '.ai/agents', '.ai/config.yaml', '.ai/config.yml', '.ai/audit-keys', '.ai/skills', '.ai/workflows', JUST_AI],
    why: 'Who works under rules does not change them; a person reads each change of policy, agents, skills and settings.',
  },
  {
    id: 'floor-agent-settings',
    effect: 'ask',
    on: CHANGES,
    who: 'agents',
    paths: ['**/.{claude,codex,gemini,qwen,opencode,cursor}', '**/.{claude,codex,gemini,qwen,opencode,cursor}/**', '**/opencode.json*', '**/.mcp.json'],
    why: 'Settings of agent programs switch on tools and hooks and loosen their sandboxes.',
  },
  {
    id: 'floor-ci',
    effect: 'ask',
    on: CHANGES,
    who: 'agents',
    paths: ['.github/workflows', '.github/actions', '.gitlab-ci.yml', '.circleci', '**/Jenkinsfile', 'azure-pipelines.yml', '.buildkite', JUST_GITHUB],
    why: 'Build servers run these files with credentials.',
  },
  {
    id: 'floor-hook-managers',
    effect: 'ask',
    on: CHANGES,
    who: 'agents',
    paths: ['.husky', 'lefthook.y*ml', '.lefthook.y*ml', 'lefthook-local.y*ml', '.pre-commit-config.y*ml'],
    why: 'They run on the machine of whoever commits next.',
  },
  {
    id: 'floor-git-attributes',
    effect: 'ask',
    on: CHANGES,
    who: 'agents',
    paths: ['**/.gitattributes', '.gitmodules'],
    why: 'They decide which programs git runs on files and where submodules come from.',
  },
  {
    id: 'floor-git',
    effect: 'deny',
    on: ['path.write'],
    who: 'agents',
    paths: ['.git', '**/.git', '**/.git/**'],
    why: "Git's own files hold hooks and settings that git runs; change them through git.",
  },
  {
    id: 'floor-state',
    effect: 'deny',
    on: ['path.write'],
    who: 'agents',
    paths: ['.ai/state.db*', '.ai/run', '.ai/runs'],
    why: 'The record of what agents did is not theirs to write.',
  },
  // With this rule the layer has an opinion on every change of policy: people are free to make one, agents ask.
  { id: 'floor-people-change-policy', effect: 'allow', on: ['policy.change'], who: 'people', paths: null, why: 'A person who edits the policy by hand answers for it already.' },
];

/**
 * What is in force without any policy file and can't be switched off: agents ask before they change what governs them, what
 * build servers and hooks run, and never write into git's own files or the state of this product. None of it
 * applies to people: a rule of the floor is for every agent (`*`), or for people (`user:*`).
 */
export function builtinFloor(): PolicyLayer {
  return { ...emptyLayer('builtin', 'built in'), rules: FLOOR.map(toRule) };
}

function toRule(floor: FloorRule): Rule {
  return {
    id: floor.id,
    effect: floor.effect,
    on: floor.on,
    agents: floor.who === 'agents' ? ['*'] : ['user:*'],
    roles: null,
    labels: null,
    paths: floor.paths,
    except: [],
    command: null,
    skills: null,
    tasks: null,
    when: null,
    approval: null,
    why: floor.why,
    locked: true,
    overridable: [],
    at: `built in:${floor.id}`,
  };
}
