import { existsSync, readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';
import type { AppDeps, ProjectPlace } from '../app/deps.js';
import type { Attempt, Examination } from '../app/project/examination.js';
import type { GlobalOptions } from '../cli/host.js';
import { isAiError } from '../domain/kernel/errors.js';
import { DEFAULT_SETTINGS, type Settings } from '../domain/settings/settings.js';
import { loadSettings } from '../adapters/settings-files/load-settings.js';
import { findControlPlane, placeForInit, type StartingPoint } from './control-plane.js';
import { createTools, openDeps, sha256 } from './open-deps.js';
import { controlPlanePaths, userSettingsFile } from './paths.js';
import { VERSION } from './version.js';

/** What one call of the program brings with it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** How this program is started again. */
  readonly selfArgv: readonly string[];
  /** Told as soon as the control plane is known, whatever fails after that. */
  readonly found: (place: ProjectPlace) => void;
}

/** Finds the control plane, reads its settings and opens its database. Throws PROJECT_NOT_FOUND, INVALID_SETTINGS and what the database throws. */
export async function openProject(surroundings: Surroundings, globals: GlobalOptions): Promise<AppDeps> {
  const place = findControlPlane(startingPoint(surroundings, globals));
  surroundings.found(place);
  return openDeps(surroundings, { place, settings: await settingsAt(surroundings, place), create: false });
}

/** The same where there may be nothing yet: writes what is missing. Answers what was written, relative to the root. */
export async function initialiseProject(surroundings: Surroundings, globals: GlobalOptions): Promise<{ readonly deps: AppDeps; readonly created: readonly string[] }> {
  const { writeControlPlane } = await import('./initialise.js');
  const place = placeForInit(startingPoint(surroundings, globals));
  surroundings.found(place);
  const settings = await settingsAt(surroundings, place);
  const { created, result } = await writeControlPlane(place.root, () => openDeps(surroundings, { place, settings, create: true }));
  return { deps: result, created };
}

/** Opens part by part and answers how far it came. */
export async function examineProject(surroundings: Surroundings, globals: GlobalOptions): Promise<Examination> {
  const place = await attempt(async () => findControlPlane(startingPoint(surroundings, globals)));
  if (place.ok) surroundings.found(place.value);
  const settings = await attempt(async () => (place.ok ? settingsAt(surroundings, place.value) : DEFAULT_SETTINGS));
  const usable = settings.ok ? settings.value : DEFAULT_SETTINGS;
  const deps = place.ok ? await attempt(() => openDeps(surroundings, { place: place.value, settings: usable, create: false })) : place;
  return { nodeVersion: process.versions.node, place, settings, deps, ...(place.ok ? foldersOf(place.value) : { backups: [], worktrees: () => [] }), tools: createTools(surroundings.environment) };
}

/** What lies around; backups newest first, because their names begin with the time. */
function foldersOf(place: ProjectPlace): Pick<Examination, 'backups' | 'worktrees'> {
  const { backupsFolder, worktreesFolder } = controlPlanePaths(place.root);
  const named = (entry: Dirent): string => path.join(entry.parentPath, entry.name);
  return {
    backups: entriesOf(backupsFolder).filter((entry) => entry.isFile()).map(named).sort().reverse(),
    worktrees: () => entriesOf(worktreesFolder).filter((entry) => entry.isDirectory()).map(named).sort(),
  };
}

function entriesOf(folder: string): Dirent[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
}

function startingPoint(surroundings: Surroundings, globals: GlobalOptions): StartingPoint {
  return { cwd: surroundings.cwd, root: globals.root };
}

async function settingsAt({ environment }: Surroundings, place: ProjectPlace): Promise<Settings> {
  const paths = controlPlanePaths(place.root);
  const user = userSettingsFile(environment);
  const files = [...(user === null ? [] : [user]), paths.settingsFile];
  return loadSettings({ files, cacheFile: paths.settingsCache, version: VERSION, environment, sha256 });
}

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!isAiError(error)) throw error;
    return { ok: false, error };
  }
}
