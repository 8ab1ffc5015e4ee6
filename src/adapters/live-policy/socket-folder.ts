import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';

/** What `sun_path` holds on every system, with some room. */
const MAX_SOCKET_PATH_BYTES = 100;
const PREFIX = 'ai-live-';
const RANDOM_CHARACTERS = 6;
const SOCKET = 's';

export interface SocketFolder {
  readonly socket: string;
  remove(): Promise<void>;
}

/** A folder that only this user may enter, in the first of the places whose name is short enough. Throws WORKSPACE_FAILED. */
export async function makeSocketFolder(places: readonly string[]): Promise<SocketFolder> {
  const problems: string[] = [];
  for (const place of places) {
    if (Buffer.byteLength(path.join(place, PREFIX, SOCKET)) + RANDOM_CHARACTERS > MAX_SOCKET_PATH_BYTES) problems.push(`${place}: its name is too long for a socket`);
    else {
      try {
        return await makeIn(place);
      } catch (error) {
        problems.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  throw new AiError({ code: 'WORKSPACE_FAILED', message: `No folder for a socket can be made, so that the tool calls of an agent could not be decided: ${problems.join('; ')}.`, hint: 'Set TMPDIR to a folder with a short name that you may write to.' });
}

async function makeIn(place: string): Promise<SocketFolder> {
  const folder = await mkdtemp(path.join(place, PREFIX));
  // mkdtemp makes it 0700 already, unless the file system has its own ideas.
  await chmod(folder, 0o700);
  return { socket: path.join(folder, SOCKET), remove: () => rm(folder, { recursive: true, force: true }) };
}
