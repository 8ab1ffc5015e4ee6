import path from 'node:path';
import type { NewEvent } from '../../domain/audit/event.js';
import { LOCK_RESERVATION_AFTER_MS } from '../../domain/lock/path-lock.js';
import { Redactor } from '../../domain/redaction/redact.js';
import type { Clock } from '../../ports/clock.js';
import type { Store } from '../../ports/store.js';
import type { Trace } from '../../ports/trace.js';
import { budgetStore } from './budgets/budget-store.js';
import { checkpointStore } from './checkpoints/checkpoint-store.js';
import { policyCache } from './checkpoints/policy-cache.js';
import { leaseStore } from './claims/lease-store.js';
import { Connection } from './database/connection.js';
import { openDatabase } from './database/open-database.js';
import { decisionStore } from './decisions/decision-store.js';
import { overrideStore } from './decisions/override-store.js';
import { eventLog } from './events/event-log.js';
import { storeMaintenance } from './health/maintenance.js';
import { agentStore } from './runs/agent-store.js';
import { runStore } from './runs/run-store.js';
import { taskStore } from './tasks/task-store.js';

export interface OpenStoreOptions {
  /** The database, usually `.ai/state.db`; its folder must exist. */
  readonly file: string;
  readonly clock: Clock;
  /** Who acts, as written into events: `user:NAME`, `agent:ID` or `ai`. */
  readonly actor: string;
  readonly host: string;
  /** False refuses a file that is not there yet. */
  readonly create: boolean;
  /** Told at `store.<name>.begin`, `.commit` (just before) and `.committed` of each write. */
  readonly trace: Trace;
  /** A task passed over because of its locks for this long gets them reserved. */
  readonly lockReservationAfterMs?: number;
  /** Values that may not enter the record, such as those of secret variables of the environment. */
  readonly secrets?: readonly string[];
  /** Opens the file on a network file system too, at the user's own risk. */
  readonly allowNetworkFileSystem?: boolean;
}

/**
 * Opens the control plane's database, bringing its schema up to date. One store per process and file, for
 * the life of the process. Throws DATABASE_UNAVAILABLE (missing: `ai init`), DATABASE_NEWER,
 * DATABASE_CORRUPT, DATABASE_BUSY, NETWORK_FILESYSTEM, READ_ONLY. Where nothing can be written, reading works
 * as far as SQLite allows and every write throws READ_ONLY.
 */
export function openStore(options: OpenStoreOptions): Store {
  const { clock, actor, host, trace, create } = options;
  const file = path.resolve(options.file);
  const database = openDatabase({ file, create, allowNetworkFileSystem: options.allowNetworkFileSystem ?? false, nowMs: Math.trunc(clock.now().wallMs) });
  const lockReservationAfterMs = options.lockReservationAfterMs ?? LOCK_RESERVATION_AFTER_MS;
  const connection = new Connection({ database, file, clock, actor, host, lockReservationAfterMs, trace, redact: redactWith(options.secrets ?? []) });
  return {
    ...taskStore(connection),
    ...leaseStore(connection),
    ...runStore(connection),
    ...agentStore(connection),
    ...eventLog(connection),
    ...decisionStore(connection),
    ...budgetStore(connection),
    ...overrideStore(connection),
    ...checkpointStore(connection),
    ...policyCache(connection),
    ...storeMaintenance(connection),
    close: () => database.close(),
  };
}

/** Made at the first event: commands that only read pay nothing for it. */
function redactWith(secrets: readonly string[]): (data: NewEvent['data']) => NewEvent['data'] {
  let redactor: Redactor | undefined;
  return (data) => {
    redactor ??= new Redactor({ secrets });
    return redactor.redact(data).value as NewEvent['data'];
  };
}
