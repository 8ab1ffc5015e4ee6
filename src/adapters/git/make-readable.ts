import { lstatSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';

const OWNER_MAY_READ = 0o400;
const OWNER_MAY_ENTER = 0o700;
const MAX_ENTRIES = 1_000_000;

/**
 * Gives the owner back the right to read files and to enter and change folders. Whoever takes it away could hide
 * work from us, or keep a workspace from being removed. Links are not followed; what git records of a mode stays.
 */
export async function makeReadable(folder: string): Promise<void> {
  const waiting: Buffer[] = [Buffer.from(folder)];
  for (let count = 0, entry = waiting.pop(); entry !== undefined && count < MAX_ENTRIES; entry = waiting.pop(), count += 1) {
    const stats = lstatSync(entry, { throwIfNoEntry: false });
    const isFolder = stats?.isDirectory() === true;
    if (stats === undefined || !(isFolder || stats.isFile())) continue;
    const needed = isFolder ? OWNER_MAY_ENTER : OWNER_MAY_READ;
    if ((stats.mode & needed) !== needed) await chmod(entry, (stats.mode & 0o7777) | needed);
    if (isFolder) waiting.push(...(await childrenOf(entry)));
  }
}

async function childrenOf(folder: Buffer): Promise<Buffer[]> {
  const names = await readdir(folder, { encoding: 'buffer' });
  return names.map((name) => Buffer.concat([folder, Buffer.from('/'), name]));
}
