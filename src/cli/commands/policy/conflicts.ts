import { listConflicts } from '../../../app/policy/tools/compare-policies.js';
import type { Answer } from '../../io.js';
import { presentConflicts } from '../../present/policy-conflicts.js';
import type { ProjectContext } from '../../shell.js';
import { namedPolicy } from './named.js';

export async function runConflicts(context: ProjectContext, [name]: readonly [string | undefined], { all }: { readonly all?: boolean }): Promise<Answer> {
  return presentConflicts(await listConflicts(context.deps, name === undefined ? null : await namedPolicy(context, name)), all === true);
}
