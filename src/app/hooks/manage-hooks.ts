import { AiError } from '../../domain/kernel/errors.js';
import { HOOK_NAMES, type GitHooks, type HookFile, type HookName, type HooksPlace } from '../../ports/git-hooks.js';
import { hookScript, recogniseScript, type ScriptInput } from './hook-script.js';
import { isTold, snippetFor, type Snippet } from './manager-snippets.js';

export interface HookDeps {
  readonly hooks: GitHooks;
  /** How this very program is started. */
  readonly selfArgv: readonly string[];
  readonly sha256: ScriptInput['sha256'];
}

/**
 * `installed`: ours, as it would be written now. `outdated`: ours, of another version or place. `changed`: ours, edited by hand.
 * `foreign`: somebody else's. `managed`: a hook manager runs the check.
 */
export type HookState = 'absent' | 'installed' | 'outdated' | 'changed' | 'foreign' | 'managed';

export interface HookStatus {
  readonly name: HookName;
  readonly file: string;
  readonly state: HookState;
  /** An earlier hook is kept beside ours, which calls it. */
  readonly kept: string | null;
}

export interface HooksStatus {
  readonly folder: string;
  readonly belongsTo: HooksPlace['belongsTo'];
  readonly manager: string | null;
  readonly hooks: readonly HookStatus[];
}

export type HookAction = 'installed' | 'updated' | 'unchanged' | 'manual' | 'removed' | 'restored' | 'left';

export interface HookChange extends HookStatus {
  readonly action: HookAction;
  /** What a hook manager, or a person, has to write instead. */
  readonly snippet: Snippet | null;
  readonly reason: string | null;
}

export interface HooksChange {
  readonly folder: string;
  readonly manager: string | null;
  readonly dryRun: boolean;
  readonly hooks: readonly HookChange[];
}

export interface ChangeHooksInput {
  /** Empty means all. */
  readonly names: readonly HookName[];
  /** Overwrite what was edited by hand; install beside a hook manager, or into a folder that is shared. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

export async function hooksStatus(deps: HookDeps): Promise<HooksStatus> {
  const place = await deps.hooks.inspect();
  return { folder: place.folder, belongsTo: place.belongsTo, manager: place.manager?.name ?? null, hooks: place.hooks.map((hook) => statusOf(deps, place, hook)) };
}

/** Throws ALREADY_EXISTS for a hook that was edited by hand, or when an earlier hook is kept already and there is a new one. Then nothing is changed. */
export async function installHooks(deps: HookDeps, input: ChangeHooksInput): Promise<HooksChange> {
  const place = await deps.hooks.inspect();
  const plans = wanted(place, input).map((hook) => planInstall({ deps, place, input }, hook));
  for (const { hook, change } of plans) {
    const writes = change.action === 'installed' || change.action === 'updated';
    if (writes && !input.dryRun) await deps.hooks.write(hook, scriptFor(deps, place, hook), { keep: change.state === 'foreign' });
  }
  return { folder: place.folder, manager: place.manager?.name ?? null, dryRun: input.dryRun, hooks: plans.map(({ change }) => change) };
}

/** Takes our hooks away and leaves all others. Throws ALREADY_EXISTS for one that was edited by hand, unless forced. */
export async function uninstallHooks(deps: HookDeps, input: ChangeHooksInput): Promise<HooksChange> {
  const place = await deps.hooks.inspect();
  const plans = wanted(place, input).map((hook) => planUninstall({ deps, place, input }, hook));
  for (const { hook, change } of plans) if ((change.action === 'removed' || change.action === 'restored') && !input.dryRun) await deps.hooks.restore(hook);
  return { folder: place.folder, manager: place.manager?.name ?? null, dryRun: input.dryRun, hooks: plans.map(({ change }) => change) };
}

interface Planning {
  readonly deps: HookDeps;
  readonly place: HooksPlace;
  readonly input: ChangeHooksInput;
}

interface Plan {
  readonly hook: HookFile;
  readonly change: HookChange;
}

function wanted(place: HooksPlace, { names }: ChangeHooksInput): readonly HookFile[] {
  const chosen = names.length === 0 ? HOOK_NAMES : names;
  return place.hooks.filter((hook) => chosen.includes(hook.name));
}

function planInstall({ deps, place, input }: Planning, hook: HookFile): Plan {
  const status = statusOf(deps, place, hook);
  const plan = (action: HookAction, more: Partial<HookChange> = {}): Plan => ({ hook, change: { ...status, action, snippet: null, reason: null, ...more } });
  if (status.state === 'installed' || status.state === 'managed') return plan('unchanged');
  if (status.state === 'outdated') return plan('updated');
  const manual = input.force ? null : byHand(place, hook);
  if (manual !== null) return plan('manual', manual);
  if (status.state === 'changed') {
    if (!input.force) throw edited(hook, 'install');
    return plan('updated');
  }
  if (hook.kind === 'other') throw new AiError({ code: 'INVALID_INPUT', message: `${hook.file} is no file, so no hook can be put there.`, hint: 'Move it away, then: ai hooks install' });
  if (status.state === 'foreign' && hook.kept) throw keptTwice(hook);
  return plan('installed');
}

/** Why ours is not simply put there, and what to do instead. */
function byHand(place: HooksPlace, hook: HookFile): Pick<HookChange, 'snippet' | 'reason'> | null {
  if (place.manager !== null) return { snippet: snippetFor(place.manager, hook.name), reason: `${place.manager.name} manages the hooks here and would overwrite or lose another one.` };
  const command = hook.name === 'pre-commit' ? 'ai policy check --staged || exit 1\n' : 'ai policy check --base "@{push}" || exit 1\n';
  if (place.belongsTo === 'tree') return { snippet: { file: hook.file, text: command }, reason: 'core.hooksPath names a folder of the working tree, whose hooks others get too.' };
  if (place.belongsTo === 'outside') return { snippet: { file: hook.file, text: command }, reason: 'core.hooksPath names a folder outside of this repository, which other repositories use as well.' };
  return null;
}

function planUninstall({ deps, place, input }: Planning, hook: HookFile): Plan {
  const status = statusOf(deps, place, hook);
  const plan = (action: HookAction, reason: string | null = null): Plan => ({ hook, change: { ...status, action, snippet: null, reason } });
  if (status.state === 'absent') return plan('left');
  if (status.state === 'managed') return plan('left', `${place.manager?.name ?? 'a hook manager'} runs the check: take it out of ${place.manager === null ? 'its configuration' : snippetFor(place.manager, hook.name).file}.`);
  if (status.state === 'foreign') return plan('left', hook.kept ? `It is not ours, so ${hook.keptFile} was left as well: put it back by hand if you want it.` : 'It is not ours.');
  if (status.state === 'changed' && !input.force) throw edited(hook, 'uninstall');
  return plan(hook.kept ? 'restored' : 'removed');
}

function statusOf(deps: HookDeps, place: HooksPlace, hook: HookFile): HookStatus {
  return { name: hook.name, file: hook.file, state: stateOf(deps, place, hook), kept: hook.kept ? hook.keptFile : null };
}

function stateOf(deps: HookDeps, place: HooksPlace, hook: HookFile): HookState {
  const whose = recogniseScript(hook.text, deps.sha256);
  if (whose === 'ours') return hook.text === scriptFor(deps, place, hook) ? 'installed' : 'outdated';
  if (whose === 'changed') return 'changed';
  if (place.manager !== null && isTold(place.manager, hook.name)) return 'managed';
  return hook.kind === 'absent' ? 'absent' : 'foreign';
}

function scriptFor(deps: HookDeps, place: HooksPlace, hook: HookFile): string {
  // A path of this machine means nothing to whoever else gets the file.
  const program = place.belongsTo === 'git' ? deps.selfArgv : [];
  return hookScript({ name: hook.name, keptName: hook.keptFile.slice(hook.keptFile.lastIndexOf('/') + 1), program, sha256: deps.sha256 });
}

function edited(hook: HookFile, verb: 'install' | 'uninstall'): AiError {
  return new AiError({ code: 'ALREADY_EXISTS', message: `${hook.file} was written by ai and changed by hand since, so it was left as it is.`, hint: `Save your change elsewhere, then: ai hooks ${verb} --force`, details: { file: hook.file } });
}

function keptTwice(hook: HookFile): AiError {
  return new AiError({ code: 'ALREADY_EXISTS', message: `${hook.file} was replaced by another program after ai had kept the earlier hook in ${hook.keptFile}; only one can be kept.`, hint: `Decide which one you want and remove the other, then: ai hooks install`, details: { file: hook.file, kept: hook.keptFile } });
}
