import type { HookManager, HookName } from '../../ports/git-hooks.js';

/** What a hook manager is to be told, in its own language. */
export interface Snippet {
  /** File to put it in, relative to the top of the repository. */
  readonly file: string;
  readonly text: string;
}

export const COMMANDS: Readonly<Record<HookName, string>> = {
  'pre-commit': 'ai policy check --staged',
  'pre-push': 'ai policy check --base "@{push}"',
};

/** True when the manager's files run the check already. */
export function isTold(manager: HookManager, hook: HookName): boolean {
  const wanted = hook === 'pre-commit' ? 'policy check --staged' : 'policy check --base';
  const texts = manager.name === 'husky' ? manager.configs.filter(({ path }) => path.endsWith(`/${hook}`)) : manager.configs;
  return texts.some(({ text }) => text?.split('\n').some((line) => !/^\s*#/.test(line) && line.includes(wanted)) === true);
}

export function snippetFor(manager: HookManager, hook: HookName): Snippet {
  if (manager.name === 'husky') return { file: `.husky/${hook}`, text: `${COMMANDS[hook]}\n` };
  const file = manager.configs.find(({ text }) => text !== null)?.path ?? manager.configs[0]?.path ?? '';
  return { file, text: manager.name === 'lefthook' ? lefthook(hook) : preCommit(hook) };
}

function lefthook(hook: HookName): string {
  return `${hook}:\n  commands:\n    ai-policy:\n      run: ${COMMANDS[hook]}\n`;
}

function preCommit(hook: HookName): string {
  return [
    'repos:',
    '  - repo: local',
    '    hooks:',
    `      - id: ai-policy-${hook}`,
    '        name: ai policy check',
    `        entry: ${COMMANDS[hook]}`,
    '        language: system',
    '        pass_filenames: false',
    '        always_run: true',
    `        stages: [${hook}]`,
    '',
  ].join('\n');
}
