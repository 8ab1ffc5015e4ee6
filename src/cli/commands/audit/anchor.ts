import { anchorLog } from '../../../app/audit/anchor.js';
import type { Answer } from '../../io.js';
import { presentAnchored } from '../../present/audit-anchor.js';
import type { ProjectContext } from '../../shell.js';

export async function runAnchor({ deps }: ProjectContext, _args: readonly [], options: { readonly push?: string }): Promise<Answer> {
  return presentAnchored(await anchorLog(deps, options.push ?? null));
}
