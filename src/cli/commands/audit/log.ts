import { auditLog } from '../../../app/audit/audit-log.js';
import { LIMITS } from '../../../domain/kernel/limits.js';
import type { Answer } from '../../io.js';
import { presentAuditLog } from '../../present/audit.js';
import type { ProjectContext } from '../../shell.js';
import { wholeNumber } from '../options.js';
import { eventFilter, type FilterOptions } from './event-filter.js';

interface LogOptions extends FilterOptions {
  readonly limit?: string;
}

const DEFAULT_LIMIT = 50;

export async function runLog({ deps }: ProjectContext, _args: readonly [], options: LogOptions): Promise<Answer> {
  const limit = options.limit === undefined ? DEFAULT_LIMIT : wholeNumber(options.limit, { name: '--limit', min: 1, max: LIMITS.listPage });
  return presentAuditLog(await auditLog(deps, await eventFilter(deps, options, 0), limit), limit);
}
