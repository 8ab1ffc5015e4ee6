import { realpathSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import type { Processes } from '../../ports/processes.js';

export interface HooksDeps {
  readonly run: Processes['run'];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Any folder of the working tree. */
  readonly cwd: string;
}

export interface Folders {
  readonly top: string;
  readonly hooks: string;
  readonly belongsTo: 'git' | 'tree' | 'outside';
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024;
/** The hooks that the user's own git will run are wanted, so that its own configuration counts; the rest of the environment does not. */
const INHERITED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];

/** Where git looks for hooks. Throws PROJECT_NOT_FOUND, BARE_REPOSITORY, GIT_MISSING, GIT_FAILED. */
export async function findFolders(deps: HooksDeps): Promise<Folders> {
  const bare = await revParse(deps, deps.cwd, '--is-bare-repository');
  if (bare === null) throw new AiError({ code: 'PROJECT_NOT_FOUND', message: `There is no git repository in ${deps.cwd} or above it.`, hint: 'cd to your repository' });
  if (bare === 'true') throw new AiError({ code: 'BARE_REPOSITORY', message: `${deps.cwd} is in a bare repository: nothing is committed there.`, hint: 'Install the hooks in a clone.' });
  const top = await revParse(deps, deps.cwd, '--show-toplevel');
  if (top === null) throw new AiError({ code: 'PROJECT_NOT_FOUND', message: `${deps.cwd} is inside of a git folder, not of a working tree.`, hint: 'cd to your repository' });
  const [common, hooks] = [await revParse(deps, top, '--git-common-dir'), await revParse(deps, top, '--git-path', 'hooks')];
  const folder = path.resolve(top, hooks ?? '.git/hooks');
  return { top, hooks: folder, belongsTo: ownerOf(folder, { top, common: path.resolve(top, common ?? '.git') }) };
}

/** null when git says no. One value a call: a path may hold a line break. */
async function revParse({ run, environment }: HooksDeps, cwd: string, ...words: readonly string[]): Promise<string | null> {
  const env = Object.fromEntries(INHERITED.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]] as const])));
  const result = await run({ argv: ['git', '--no-pager', '-c', 'core.fsmonitor=false', 'rev-parse', ...words], cwd, env: { ...env, LC_ALL: 'C.UTF-8' }, timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES });
  if (result.notFound) throw new AiError({ code: 'GIT_MISSING', message: 'git was not found.', hint: 'Install git 2.38 or newer, then: git --version' });
  if (result.exitCode === 0) return result.stdout.replace(/\n$/, '');
  if (/not a git repository|must be run in a work tree/.test(result.stderr)) return null;
  throw new AiError({ code: 'GIT_FAILED', message: `git rev-parse failed: ${result.stderr.trim().slice(0, 2_000)}`, hint: 'git status', retryable: result.timedOut });
}

function ownerOf(folder: string, { top, common }: { readonly top: string; readonly common: string }): Folders['belongsTo'] {
  const real = resolved(folder);
  if (isWithin(real, resolved(common))) return 'git';
  return isWithin(real, resolved(top)) ? 'tree' : 'outside';
}

function isWithin(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(`${parent}${path.sep}`);
}

/** Through links, as far as the path exists. */
function resolved(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // Not there yet: then its parent says where it will be.
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(resolved(parent), path.basename(folder));
  }
}
