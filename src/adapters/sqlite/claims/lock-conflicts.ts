import type { FencingToken, TaskId } from '../../../domain/kernel/ids.js';
import { modesConflict, type LockConflict, type LockRequest } from '../../../domain/lock/path-lock.js';
import type { Query, SqlReader } from '../database/statements.js';
import { ancestorsOf, overlapWitness, prefixOf } from './lock-overlap.js';

/** A row of `path_lock`: held when it has a token, reserved when it has none. */
export interface StandingLock extends LockRequest {
  readonly task: number;
  readonly token: number | null;
}

/** A lock with the key under which its conflicts are searched. */
export interface WantedLock extends LockRequest {
  readonly prefix: string;
}

export const withPrefix = (lock: LockRequest): WantedLock => ({ ...lock, prefix: prefixOf(lock.pattern) });

export interface FoundConflict {
  readonly wanted: LockRequest;
  readonly standing: StandingLock;
  readonly witness: string;
}

export interface ConflictSearch {
  /** Locks of this task are no conflict. */
  readonly except: number | null;
  /** Only reservations count. */
  readonly reservedOnly?: boolean;
  readonly limit: number;
}

type BelowParams = [from: string, to: string];

const COLUMNS = 'SELECT task, pattern, mode, token FROM path_lock';

const locksAt: Query<[prefix: string], StandingLock> = { sql: `${COLUMNS} WHERE prefix = ?` };
const locksBelow: Query<BelowParams, StandingLock> = { sql: `${COLUMNS} WHERE prefix > ? AND prefix < ?` };
const allLocks: Query<[], StandingLock> = { sql: COLUMNS };

/**
 * Standing locks of other tasks that share a path with one of the wanted, at most `limit`. Only rows whose
 * literal prefix is an ancestor or a descendant of the wanted one are looked at.
 */
export function findConflicts(sql: SqlReader, wanted: readonly WantedLock[], search: ConflictSearch): FoundConflict[] {
  const found: FoundConflict[] = [];
  for (const lock of wanted) {
    for (const standing of nearbyLocks(sql, lock)) {
      if (standing.task === search.except || (search.reservedOnly === true && standing.token !== null)) continue;
      if (!modesConflict(lock.mode, standing.mode)) continue;
      const witness = overlapWitness(lock.pattern, standing.pattern);
      if (witness === null) continue;
      found.push({ wanted: { pattern: lock.pattern, mode: lock.mode }, standing, witness });
      if (found.length >= search.limit) return found;
    }
  }
  return found;
}

function nearbyLocks(sql: SqlReader, lock: WantedLock): StandingLock[] {
  const { prefix } = lock;
  if (prefix === '') return sql.all(allLocks);
  // A statement for each ancestor takes half the time of one for the list of them.
  const above = ancestorsOf(prefix).flatMap((ancestor) => sql.all(locksAt, ancestor));
  // "0" is the character after "/": the range holds every path below the prefix.
  return [...above, ...sql.all(locksBelow, `${prefix}/`, `${prefix}0`)];
}

interface HolderRow {
  readonly id: string;
  readonly holder: string | null;
}

const holderOf: Query<[task: number], HolderRow> = { sql: 'SELECT t.id, l.holder FROM task t LEFT JOIN lease l ON l.task = t.num WHERE t.num = ?' };

/** The same conflicts in the words of the domain, with who holds what. */
export function describeConflicts(sql: SqlReader, found: readonly FoundConflict[]): LockConflict[] {
  return found.map(({ wanted, standing, witness }) => {
    const row = sql.get(holderOf, standing.task);
    return {
      wanted,
      held: { pattern: standing.pattern, mode: standing.mode },
      holderTask: (row?.id ?? '') as TaskId,
      holder: standing.token === null ? null : (row?.holder ?? null),
      token: standing.token as FencingToken | null,
      witness,
    };
  });
}
