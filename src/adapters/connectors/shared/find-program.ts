import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Parent environment, as the composition root hands it in. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Most folders of PATH that are looked into. */
const MAX_PATH_FOLDERS = 512;

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  /** A path relative to the workspace, which exists only when a run starts. */
  | { readonly kind: 'in_workspace' }
  | { readonly kind: 'missing' };

/** Finds what execvp would start, without starting it: an absolute path, or the first match on PATH. */
export async function findProgram(name: string, environment: Environment): Promise<FoundProgram> {
  if (isAbsolute(name)) return (await isExecutable(name)) ? { kind: 'found', path: name } : { kind: 'missing' };
  if (name.includes('/')) return { kind: 'in_workspace' };
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders.slice(0, MAX_PATH_FOLDERS)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return { kind: 'found', path };
  }
  return { kind: 'missing' };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Whatever the reason (absent, a folder on the way that may not be read), it can't be started.
    return false;
  }
}
