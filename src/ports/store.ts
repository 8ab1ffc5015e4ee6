import type { AgentStore } from './agent-store.js';
import type { EventLog } from './event-log.js';
import type { LeaseStore } from './lease-store.js';
import type { RunStore } from './run-store.js';
import type { StoreMaintenance } from './store-maintenance.js';
import type { TaskStore } from './task-store.js';

/** Everything kept in the database of one control plane. Use cases ask for the part they need. */
export interface Store extends TaskStore, LeaseStore, RunStore, AgentStore, EventLog, StoreMaintenance {
  close(): void;
}
