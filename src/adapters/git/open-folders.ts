import { accessSync, chmodSync, constants } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Gives the owner access to a folder and everything below it. Links are not followed, so the walk never leaves the folder. */
export async function openFolders(folder: string): Promise<void> {
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    await chmod(next, 0o700);
    for (const entry of await readdir(next, { withFileTypes: true })) {
      if (entry.isDirectory()) pending.push(path.join(next, entry.name));
    }
  }
}

export function isReadable(file: Buffer): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    // Not for us, or gone: it can't be read either way.
    return false;
  }
}

/** Whether a file may be executed is stored with it, whether it may be read is not: so this changes nothing that counts. */
export function makeReadable(file: Buffer, mode: number): void {
  chmodSync(file, (mode & 0o777) | 0o400);
}
