import path from 'node:path';
import { verifyBundle } from '../../../app/audit/verify-bundle.js';
import { verifyLog } from '../../../app/audit/verify-log.js';
import type { Answer } from '../../io.js';
import { presentBundleVerdict } from '../../present/audit-bundle.js';
import { presentVerdict } from '../../present/audit-verdict.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';

interface VerifyOptions {
  readonly fromAnchor?: string;
  readonly key?: string;
  readonly bundle?: string;
}

export async function runVerify({ deps, host }: ProjectContext, _args: readonly [], options: VerifyOptions): Promise<Answer> {
  const key = options.key ?? null;
  if (options.bundle === undefined) return presentVerdict(await verifyLog(deps, { fromAnchor: options.fromAnchor ?? null, key }));
  if (options.fromAnchor !== undefined) throw usage('A bundle is checked by itself; --from-anchor is for the database.', 'ai audit verify --bundle DIR');
  const folder = path.resolve(host.cwd, options.bundle);
  return presentBundleVerdict(await verifyBundle(deps, folder, key), folder);
}
