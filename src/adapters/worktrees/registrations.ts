import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** What git knows about a linked working tree: a folder below `worktrees/` of the shared git folder. */
export interface Registration {
  /** Folder with the working tree's own HEAD and index. */
  readonly gitDir: string;
  readonly path: string;
  /** Checked-out branch, null when detached. */
  readonly branch: string | null;
  /** Commit that stands there without a branch. */
  readonly detachedHead: string | null;
}

/**
 * Every linked working tree, from the files that git keeps about them (gitrepository-layout(5)). One that git was
 * killed over does not say where it is: its own name, which git takes from the folder, tells for those in `ourFolder`.
 */
export async function listRegistrations(gitCommonDir: string, ourFolder: string): Promise<Registration[]> {
  const folder = path.join(gitCommonDir, 'worktrees');
  const names = await namesIn(folder);
  return Promise.all(names.map((name) => readRegistration(path.join(folder, name), path.join(ourFolder, name))));
}

async function readRegistration(gitDir: string, presumedPath: string): Promise<Registration> {
  const [pointer, head] = await Promise.all([readLine(path.join(gitDir, 'gitdir')), readLine(path.join(gitDir, 'HEAD'))]);
  return {
    gitDir,
    path: pointer === null ? presumedPath : path.dirname(path.resolve(gitDir, pointer)),
    branch: /^ref: refs\/heads\/(.+)$/.exec(head ?? '')?.[1] ?? null,
    detachedHead: /^[0-9a-f]{40,64}$/.exec(head ?? '')?.[0] ?? null,
  };
}

/** Takes back exactly this registration, as `git worktree prune` does for those whose folder is gone. */
export async function removeRegistration({ gitDir }: Pick<Registration, 'gitDir'>): Promise<void> {
  await rm(gitDir, { recursive: true, force: true });
  try {
    await rmdir(path.dirname(gitDir));
  } catch {
    // Others are still registered, or somebody else removed the empty folder.
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    // No linked working tree was ever made here.
    return [];
  }
}

async function readLine(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    // Half made or just being removed by somebody else: then it is no working tree.
    return null;
  }
}
