import { readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { nativeBindingPath } from './native-binding.js';

/** A larger database is not copied into memory. */
const MAX_COPY_BYTES = 256 * 1024 * 1024;
/** Read and write version in the header of a database file; 1 stands for a rollback journal. */
const VERSION_BYTES = { start: 18, end: 20 } as const;

/**
 * SQLite can't open a WAL database without write access to its folder unless some process has it open
 * already. For reading, a copy in memory serves as well. Undefined when there is no file that is complete
 * by itself: a left-over write-ahead log holds commits that the copy would miss.
 * Only called when opening has failed, so that this process has no lock on the file that reading it could drop.
 */
export function openReadOnlyCopy(file: string): Database.Database | undefined {
  const bytes = completeFile(file);
  if (bytes === undefined) return undefined;
  bytes.fill(1, VERSION_BYTES.start, VERSION_BYTES.end);
  return new Database(bytes, { readonly: true, nativeBinding: nativeBindingPath() });
}

function completeFile(file: string): Buffer | undefined {
  try {
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if ((log?.size ?? 0) > 0 || statSync(file).size > MAX_COPY_BYTES) return undefined;
    return readFileSync(file);
  } catch {
    return undefined; // Not readable either: the caller reports why opening failed.
  }
}
