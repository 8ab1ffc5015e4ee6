import path from 'node:path';

/** Everything below one `.ai/` folder. */
export interface ControlPlanePaths {
  readonly aiFolder: string;
  readonly database: string;
  readonly settingsFile: string;
  readonly ignoreFile: string;
  readonly runsFolder: string;
  /** Sockets, locks, caches, reports: nothing that anybody would miss. */
  readonly runtimeFolder: string;
  readonly backupsFolder: string;
  readonly worktreesFolder: string;
  readonly settingsCache: string;
}

export function controlPlanePaths(root: string): ControlPlanePaths {
  const aiFolder = path.join(root, '.ai');
  const runtimeFolder = path.join(aiFolder, 'run');
  return {
    aiFolder,
    database: path.join(aiFolder, 'state.db'),
    settingsFile: path.join(aiFolder, 'config.yaml'),
    ignoreFile: path.join(aiFolder, '.gitignore'),
    runsFolder: path.join(aiFolder, 'runs'),
    runtimeFolder,
    worktreesFolder: path.join(aiFolder, 'worktrees'),
    backupsFolder: path.join(aiFolder, 'backups'),
    settingsCache: path.join(runtimeFolder, 'settings-cache.json'),
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own settings. */
export const userSettingsFile = (environment: Environment): string | null => userFile(environment, 'config.yaml');
/** The user's own layer of policy. */
export const userPolicyFile = (environment: Environment): string | null => userFile(environment, 'policy.yaml');

/** Where the keys that sign the audit log are kept: never in a repository. */
export const userKeysFolder = (environment: Environment): string | null => userFile(environment, 'keys');

/** In `$XDG_CONFIG_HOME/ai/`, `~/.config/ai/` by default; null without a home. */
function userFile(environment: Environment, name: string): string | null {
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  // The XDG base directory specification: a relative value is to be ignored.
  if (path.isAbsolute(configured)) return path.join(configured, 'ai', name);
  const home = environment['HOME'] ?? '';
  return path.isAbsolute(home) ? path.join(home, '.config', 'ai', name) : null;
}

/** The shipped policies lie beside `dist/`, where the built program is. */
export const packsFolder = (): string => path.join(programFolder(), '..', 'policies');
/** The stand-alone program that is copied into every bundle of the audit log. */
export const bundleVerifierFile = (): string => path.join(programFolder(), '..', 'bin', 'verify-bundle.mjs');

/** The small program that an agent's client starts before each tool call. */
export const hookProgramFile = (): string => path.join(programFolder(), 'hook.cjs');

function programFolder(): string {
  return path.dirname(process.getBuiltinModule('node:url').fileURLToPath(import.meta.url));
}
