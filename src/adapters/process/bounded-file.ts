import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const PRIVATE_TO_THE_USER = 0o600;

/** A file that is appended to up to a limit; what does not fit is counted. Neither writing nor closing ever rejects. */
export interface BoundedFile {
  /** Resolves when the bytes are with the operating system, so that other processes can read them. */
  append(chunk: Uint8Array): Promise<void>;
  readonly droppedBytes: number;
  close(): Promise<void>;
}

/** `maxBytes` counts what the file holds already. Rejects when the file can't be opened. */
export async function openBoundedFile(path: string, maxBytes: number): Promise<BoundedFile> {
  const handle = await open(path, 'a', PRIVATE_TO_THE_USER);
  let leftBytes = Math.max(0, maxBytes - (await handle.stat()).size);
  let droppedBytes = 0;
  return {
    async append(chunk) {
      const fitting = chunk.subarray(0, leftBytes);
      leftBytes -= fitting.length;
      const written = fitting.length === 0 || (await writeAll(handle, fitting));
      droppedBytes += chunk.length - (written ? fitting.length : 0);
      // A gap in the middle would make what follows look like something else.
      if (!written) leftBytes = 0;
    },
    get droppedBytes() {
      return droppedBytes;
    },
    close: () => handle.close().catch(ignoreLateWriteError),
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<boolean> {
  try {
    await handle.appendFile(bytes);
    return true;
  } catch {
    // A full disk must not end the program whose output this is: the loss shows in droppedBytes.
    return false;
  }
}

function ignoreLateWriteError(): void {
  // A network or quota error told only at the close: every byte was accepted before, there is nothing left to count.
}
