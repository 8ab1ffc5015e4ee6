import { existsSync } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { pathFromText, quoteGitPath } from './byte-path.js';
import { committerEnvironment } from './commits.js';
import { findRepository, type FoundRepository } from './find-repository.js';
import { gitFolders, makeFolders, type Folders } from './folders.js';
import { keepFile, restoreInPlace, restoreView } from './git-dirs.js';
import { createGit, type Git, type GitTools } from './git.js';
import { createRecords, type Records } from './records.js';
import { checkGit, readUserSettings, type UserSettings } from './user-settings.js';

/** The user's repository, seen through a git directory of our own. */
export interface Repository {
  readonly folders: Folders;
  readonly records: Records;
  /** Root of the main working tree. */
  readonly root: string;
  readonly gitCommonDir: string;
  readonly settings: UserSettings;
  readonly git: Git;
}

/** Everything that work in place needs, with or without a repository. */
export interface InPlace {
  readonly folders: Folders;
  readonly records: Records;
  /** Also leaves out of `.ai/` what is not the user's own. */
  readonly excludeFile: string;
  /** The user's own index, which need not exist. */
  readonly foreignIndex: string;
  readonly git: Git;
}

export interface WorkspacesOptions extends GitTools {
  /** The folder that holds `.ai/`: root of the main working tree. */
  readonly root: string;
  /** Absolute path of `.ai`. */
  readonly aiFolder: string;
}

/** Opens both on demand. What the user's configuration says is read once; our own folders are put right at every use. */
export interface Opener {
  find(): FoundRepository | null;
  /** Throws BARE_REPOSITORY, WORKSPACE_FAILED without a repository, GIT_MISSING, GIT_FAILED. */
  repository(): Promise<Repository>;
  inPlace(): Promise<InPlace>;
}

const WITHOUT_REPOSITORY: UserSettings = { identity: null, conversions: [], filters: [], isSparse: false, isPartialClone: false, objectFormat: 'sha1', excludes: '' };

export function createOpener(options: WorkspacesOptions): Opener {
  const folders = gitFolders(options.root, options.aiFolder);
  const records = createRecords(folders.records);
  const find = (): FoundRepository | null => findRepository(options.root);
  const settings = rememberSuccess(async (): Promise<UserSettings> => {
    const found = find();
    if (found !== null && !found.bare) return readUserSettings(options, found);
    await checkGit(options, options.root);
    return WITHOUT_REPOSITORY;
  });
  return {
    find,
    async repository() {
      const { root, gitCommonDir } = requireWorkTree(find(), options.root);
      const known = await settings();
      await Promise.all([makeFolders(folders), restoreView(folders.view, { gitCommonDir, objectFormat: known.objectFormat })]);
      await keepFile(folders.excludeFile, known.excludes);
      const objects = path.join(gitCommonDir, 'objects');
      const inPlaceObjects = path.join(folders.inPlace, 'objects');
      return { folders, records, root, gitCommonDir, settings: known, git: createGit(options, { gitDir: folders.view, objects, alternates: existsSync(inPlaceObjects) ? quoted(inPlaceObjects) : undefined, config: [...known.conversions, 'core.logAllRefUpdates=true'], env: committerEnvironment(known), cwd: options.root }) };
    },
    async inPlace() {
      const found = find();
      const known = await settings();
      await Promise.all([makeFolders(folders), restoreInPlace(folders.inPlace, known.objectFormat)]);
      const excludeFile = `${folders.excludeFile}-in-place`;
      await keepFile(excludeFile, `${known.excludes}\n${ownFiles(path.relative(options.root, options.aiFolder))}`);
      const alternates = found === null ? undefined : quoted(path.join(found.gitCommonDir, 'objects'));
      return { folders, records, excludeFile, foreignIndex: path.join(found?.gitCommonDir ?? folders.inPlace, 'index'), git: createGit(options, { gitDir: folders.inPlace, alternates, config: known.conversions, env: committerEnvironment(known), cwd: options.root }) };
    },
  };
}

/** Settings, policy and the like are the user's, and an agent that changes them has to be seen; the rest of `.ai/` is ours. */
const COMMITTED = ['.gitignore', 'config.yaml', 'policy.yaml', 'agents/', 'skills/', 'workflows/'];

function ownFiles(aiFolder: string): string {
  return [`!/${aiFolder}/`, `/${aiFolder}/*`, ...COMMITTED.map((name) => `!/${aiFolder}/${name}`), ''].join('\n');
}

function requireWorkTree(found: FoundRepository | null, root: string): FoundRepository {
  if (found === null) throw new AiError({ code: 'WORKSPACE_FAILED', message: `${root} is in no git repository, so there are no worktrees.`, hint: 'git init, or use --isolation none' });
  if (found.bare) throw bareRepository(found);
  return found;
}

export function bareRepository(found: FoundRepository): AiError {
  return new AiError({
    code: 'BARE_REPOSITORY',
    message: `${found.gitCommonDir} is a bare repository: it has no working tree that could hold .ai/.`,
    hint: `git clone '${found.gitCommonDir}' FOLDER && cd FOLDER && ai init`,
    details: { repository: found.gitCommonDir },
  });
}

/** GIT_ALTERNATE_OBJECT_DIRECTORIES is a list with colons; a C-quoted entry may contain one. */
function quoted(folder: string): string {
  return quoteGitPath(pathFromText(folder));
}

/** A failure is not remembered: the user may install git while a daemon goes on. */
function rememberSuccess<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
