import { testPolicy } from '../../../app/policy/tools/test-policy.js';
import type { Answer } from '../../io.js';
import { presentTests } from '../../present/policy-test.js';
import type { ProjectContext } from '../../shell.js';
import { namedFile } from './named.js';

export async function runTest(context: ProjectContext, [files]: readonly [readonly string[]]): Promise<Answer> {
  const named = [];
  for (const file of files) named.push(await namedFile(context, file));
  return presentTests(await testPolicy(context.deps, named));
}
