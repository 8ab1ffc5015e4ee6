import { validatePolicy } from '../../../app/policy/tools/validate-policy.js';
import type { Answer } from '../../io.js';
import { presentValidation } from '../../present/policy-validate.js';
import type { ProjectContext } from '../../shell.js';
import { namedFile } from './named.js';

export async function runValidate(context: ProjectContext, [file]: readonly [string | undefined]): Promise<Answer> {
  const named = file === undefined ? null : ({ kind: 'file', ...(await namedFile(context, file)) } as const);
  return presentValidation(await validatePolicy(context.deps, named));
}
