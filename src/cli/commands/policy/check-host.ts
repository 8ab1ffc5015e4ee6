import type { CheckDeps } from '../../../app/check/check-input.js';
import type { WriteReport } from '../../../app/check/report-files.js';
import type { Facts } from '../../../domain/policy/facts.js';
import type { Subject } from '../../../domain/policy/request.js';
import type { GlobalOptions, Host } from '../../host.js';

/** What a check works with: git and policy files, and no database. */
export interface OpenedCheck {
  /** Policy is loaded for this agent; null for a person. */
  readonly depsFor: (agent: string | null) => CheckDeps;
  /** Who runs the check, as far as it can be known without a database. */
  readonly subject: Subject;
  readonly facts: Facts;
  readonly sha256: (text: string) => string;
  /** Relative to the current folder. */
  readonly write: WriteReport;
  /** A path as typed in the current folder, relative to the top of the working tree. Throws INVALID_INPUT outside of it. */
  readonly toRepositoryPath: (name: string) => string;
}

/** What `ai policy check` asks of the composition. */
export interface PolicyCheckHost {
  openPolicyCheck(globals: GlobalOptions): Promise<OpenedCheck>;
}

export function openPolicyCheck(host: Host, globals: GlobalOptions): Promise<OpenedCheck> {
  return (host as Host & PolicyCheckHost).openPolicyCheck(globals);
}
