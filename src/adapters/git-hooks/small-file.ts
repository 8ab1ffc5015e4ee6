import { readFile, stat } from 'node:fs/promises';

/** No script or configuration of hooks is near. */
const MAX_BYTES = 1024 * 1024;

/** Text of a plain file, through links; null when there is none, when it is something else, or larger than such files are. */
export async function readSmallFile(file: string): Promise<string | null> {
  try {
    const entry = await stat(file);
    return entry.isFile() && entry.size <= MAX_BYTES ? await readFile(file, 'utf8') : null;
  } catch {
    // Missing or not readable: then it tells us nothing.
    return null;
  }
}
