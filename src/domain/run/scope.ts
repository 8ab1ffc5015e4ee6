import { compilePathSet, matchesPath } from '../glob/path-set.js';
import type { LockRequest } from '../lock/path-lock.js';
import type { ChangedFile } from './run.js';

/**
 * Changed paths outside the declared write set: the patterns of a task's exclusive locks, compared
 * folded like the locks themselves. A task that declares no lock at all has declared no limit; one
 * that declares only shared locks has declared that it writes nothing.
 */
export function outsideScope(changed: readonly ChangedFile[], locks: readonly LockRequest[]): string[] {
  if (locks.length === 0) return [];
  const writable = locks.filter((lock) => lock.mode === 'exclusive').map((lock) => lock.pattern);
  if (writable.length === 0) return changed.map((file) => file.path);
  const set = compilePathSet({ include: writable }, { fold: true });
  return changed.filter((file) => !matchesPath(set, file.path)).map((file) => file.path);
}
