import type { AgentStore } from './agent-store.js';
import type { BudgetStore } from './budget-store.js';
import type { CheckpointStore, PolicyCache } from './checkpoint-store.js';
import type { DecisionStore } from './decision-store.js';
import type { EventLog } from './event-log.js';
import type { LeaseStore } from './lease-store.js';
import type { OverrideStore } from './override-store.js';
import type { RunStore } from './run-store.js';
import type { StoreMaintenance } from './store-maintenance.js';
import type { TaskStore } from './task-store.js';

/** Everything kept in the database of one control plane. Use cases ask for the part they need. */
export interface Store extends TaskStore, LeaseStore, RunStore, AgentStore, EventLog, DecisionStore, BudgetStore, OverrideStore, CheckpointStore, PolicyCache, StoreMaintenance {
  close(): void;
}
