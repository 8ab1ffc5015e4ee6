import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ProjectPlace } from '../app/deps.js';
import { findRepository, type FoundRepository } from '../adapters/git/find-repository.js';
import { AiError } from '../domain/kernel/errors.js';
import { controlPlanePaths } from './paths.js';

export interface StartingPoint {
  readonly cwd: string;
  /** `--root` or AI_ROOT: exactly this folder, nothing is searched. */
  readonly root: string | null;
}

/**
 * The control plane that a command belongs to: the nearest folder upwards that has a database in `.ai/`.
 * A linked worktree has the committed files of `.ai/` but no database; there, and in the main working tree,
 * the repository's main root decides. Throws PROJECT_NOT_FOUND.
 */
export function findControlPlane(start: StartingPoint): ProjectPlace {
  const folder = startFolder(start);
  const repository = findRepository(folder);
  const root = start.root === null ? searchUpwards(folder, repository) : hasDatabase(folder) ? folder : undefined;
  if (root === undefined) throw notFound(folder, start, repository);
  return placeAt(root, repository);
}

/** Where `ai init` makes one: the named folder, else the main root of the repository, else the current folder. */
export function placeForInit(start: StartingPoint): ProjectPlace {
  const folder = startFolder(start);
  const repository = findRepository(folder);
  if (repository?.bare === true) {
    throw new AiError({ code: 'BARE_REPOSITORY', message: `${repository.gitCommonDir} is a bare repository: it has no working tree that could hold .ai/.`, hint: 'Clone it, then run ai init in the clone.', details: { repository: repository.gitCommonDir } });
  }
  return placeAt(start.root === null && repository !== null ? repository.root : folder, repository);
}

function placeAt(root: string, around: FoundRepository | null): ProjectPlace {
  const repository = around?.root === root ? around : null;
  return { root, aiFolder: controlPlanePaths(root).aiFolder, currentBranch: repository?.headBranch ?? null, isRepository: repository !== null };
}

function startFolder(start: StartingPoint): string {
  const folder = path.resolve(start.cwd, start.root ?? '.');
  if (!isFolder(folder)) throw new AiError({ code: 'PROJECT_NOT_FOUND', message: `There is no folder ${folder}.`, hint: start.root === null ? 'cd to your repository' : 'Check --root and AI_ROOT.' });
  return realpathSync(folder);
}

function searchUpwards(from: string, repository: FoundRepository | null): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (hasDatabase(folder)) return folder;
    // `.git` is a file in a linked worktree: its database is in the main working tree.
    if (repository !== null && existsSync(path.join(folder, '.git')) && hasDatabase(repository.root)) return repository.root;
    if (path.dirname(folder) === folder) return undefined;
  }
}

function hasDatabase(folder: string): boolean {
  return existsSync(controlPlanePaths(folder).database);
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

function notFound(folder: string, start: StartingPoint, repository: FoundRepository | null): AiError {
  const root = start.root === null ? (repository?.root ?? folder) : folder;
  const isCloned = existsSync(controlPlanePaths(root).aiFolder);
  return new AiError({
    code: 'PROJECT_NOT_FOUND',
    message: isCloned ? `${root} has an .ai folder but no database yet: nobody has run ai here.` : `There is no control plane in ${folder}${start.root === null ? ' or above it' : ''}.`,
    hint: start.root === null ? 'ai init' : `ai init --root ${start.root}`,
    details: { folder },
  });
}
