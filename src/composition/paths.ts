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

/** The user's own settings: `$XDG_CONFIG_HOME/ai/config.yaml`, `~/.config` by default; null without a home. */
export function userSettingsFile(environment: Readonly<Record<string, string | undefined>>): string | null {
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  // The XDG base directory specification: a relative value is to be ignored.
  if (path.isAbsolute(configured)) return path.join(configured, 'ai', 'config.yaml');
  const home = environment['HOME'] ?? '';
  return path.isAbsolute(home) ? path.join(home, '.config', 'ai', 'config.yaml') : null;
}
