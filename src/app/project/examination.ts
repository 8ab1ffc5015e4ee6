import type { AiError } from '../../domain/kernel/errors.js';
import type { Settings } from '../../domain/settings/settings.js';
import type { AppDeps, ProjectPlace } from '../deps.js';

/** A value, or the expected failure that stood in its way. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AiError };

/** Each part as far as it could be opened. */
export interface Examination {
  readonly nodeVersion: string;
  readonly place: Attempt<ProjectPlace>;
  /** With broken settings the database is still opened, under the defaults. */
  readonly settings: Attempt<Settings>;
  readonly deps: Attempt<AppDeps>;
  /** Backups of the database, newest first; paths. */
  readonly backups: readonly string[];
  /** Folders in which runs worked and that are there at this moment; paths. */
  readonly worktrees: () => readonly string[];
  /** For checks that need no database. */
  readonly tools: Pick<AppDeps, 'processes' | 'connectors' | 'environment'>;
}
