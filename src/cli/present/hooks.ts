import type { HookAction, HookChange, HooksChange, HooksStatus, HookState } from '../../app/hooks/manage-hooks.js';
import { escapeLine, escapeText } from '../escape.js';
import type { Answer, Style, View } from '../io.js';
import { padEnd } from '../width.js';

const NAME_COLUMNS = 12;

const STATES: Readonly<Record<HookState, string>> = {
  absent: '– not installed',
  installed: '✓ installed',
  outdated: '! installed by another version of ai: ai hooks install',
  changed: '! installed, and edited by hand since',
  foreign: '– another hook, without the check: ai hooks install',
  managed: '✓ run by the hook manager',
};

export function presentHooksStatus(status: HooksStatus): Answer {
  return { kind: 'hooks.status', data: status, text: (view) => statusText(status, view) };
}

function statusText(status: HooksStatus, { style }: View): string {
  const lines = status.hooks.map(({ name, state, kept }) => `${padEnd(name, NAME_COLUMNS)}${STATES[state]}${kept === null ? '' : style.dim(`  (an earlier hook is kept in ${escapeLine(kept)})`)}`);
  const manager = status.manager === null ? [] : [`${padEnd('manager', NAME_COLUMNS)}${escapeLine(status.manager)}`];
  return [...lines, ...manager, `${padEnd('folder', NAME_COLUMNS)}${escapeLine(status.folder)}`].join('\n');
}

const DONE: Readonly<Record<HookAction, readonly [done: string, planned: string]>> = {
  installed: ['✓ installed', 'would be installed'],
  updated: ['✓ updated', 'would be updated'],
  unchanged: ['✓ installed already', 'is installed already'],
  manual: ['! not installed', 'would not be installed'],
  removed: ['✓ removed', 'would be removed'],
  restored: ['✓ removed, the earlier hook is back', 'would be removed, and the earlier hook put back'],
  left: ['– left as it is', 'would be left as it is'],
};

/** The answer is "no" when a hook has to be installed by hand. */
export function presentHooksChange(kind: 'hooks.install' | 'hooks.uninstall', change: HooksChange): Answer {
  const byHand = change.hooks.some(({ action }) => action === 'manual');
  return { kind, data: change, exitCode: byHand ? 1 : undefined, text: ({ style }) => change.hooks.map((hook) => changeText(hook, change.dryRun, style)).join('\n') };
}

function changeText(hook: HookChange, dryRun: boolean, style: Style): string {
  const [done, planned] = DONE[hook.action];
  const line = `${padEnd(hook.name, NAME_COLUMNS)}${dryRun ? planned : done}`;
  const kept = hook.action === 'installed' && hook.state === 'foreign' ? ['the hook that was there is kept beside it and runs first'] : [];
  const notes = [...kept, ...(hook.reason === null ? [] : [hook.reason])].map((note) => `${' '.repeat(NAME_COLUMNS)}${escapeLine(note)}`);
  return [line, ...notes, ...snippetLines(hook, style)].join('\n');
}

function snippetLines({ snippet }: HookChange, style: Style): string[] {
  if (snippet === null) return [];
  const indent = ' '.repeat(NAME_COLUMNS);
  return [`${indent}Add to ${style.bold(escapeLine(snippet.file))}:`, '', ...escapeText(snippet.text).trimEnd().split('\n').map((line) => `${indent}  ${line}`), ''];
}
