import type { Clock } from '../ports/clock.js';
import type { AuditAnchors } from '../ports/audit-anchors.js';
import type { AuditFiles } from '../ports/audit-files.js';
import type { ChangeSource } from '../ports/change-source.js';
import type { Connectors } from '../ports/connector.js';
import type { LivePolicy } from '../ports/live-policy.js';
import type { PolicyFiles } from '../ports/policy-files.js';
import type { Processes } from '../ports/processes.js';
import type { Random } from '../ports/random.js';
import type { RunFiles } from '../ports/run-files.js';
import type { SigningKeys } from '../ports/signing-key.js';
import type { Store } from '../ports/store.js';
import type { TaskFiles } from '../ports/task-files.js';
import type { Timer } from '../ports/timer.js';
import type { Trace } from '../ports/trace.js';
import type { Workspaces } from '../ports/workspaces.js';
import type { Settings } from '../domain/settings/settings.js';

/** Where this control plane stands. */
export interface ProjectPlace {
  /** Folder that holds `.ai/`: the root of the main working tree. */
  readonly root: string;
  readonly aiFolder: string;
  /** Branch that is checked out where the command was called; null when detached or without git. */
  readonly currentBranch: string | null;
  readonly isRepository: boolean;
}

/** The world as use cases see it. Functions open what they name at the first call, so that a command pays for nothing else. */
export interface AppDeps {
  readonly place: ProjectPlace;
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly trace: Trace;
  readonly host: string;
  /** `user:NAME`, `agent:ID`; the actor of every event that this command writes. */
  readonly actor: string;
  /** The environment of this process. Use cases pass on named variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How this very program is started: for the `ai` on an agent's PATH. */
  readonly selfArgv: readonly string[];
  readonly sha256: (text: string) => string;
  readonly processes: () => Promise<Processes>;
  readonly workspaces: () => Promise<Workspaces>;
  readonly connectors: () => Promise<Connectors>;
  readonly runFiles: () => Promise<RunFiles>;
  readonly taskFiles: () => Promise<TaskFiles>;
  readonly policyFiles: () => Promise<PolicyFiles>;
  readonly changes: () => Promise<ChangeSource>;
  readonly signingKeys: () => Promise<SigningKeys>;
  readonly auditFiles: () => Promise<AuditFiles>;
  readonly auditAnchors: () => Promise<AuditAnchors>;
  readonly livePolicy: () => Promise<LivePolicy>;
}
