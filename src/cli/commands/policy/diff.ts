import path from 'node:path';
import { comparePolicies } from '../../../app/policy/tools/compare-policies.js';
import { PROJECT_POLICY } from '../../../app/policy/load-policy.js';
import type { Answer } from '../../io.js';
import { presentDiff } from '../../present/policy-diff.js';
import type { ProjectContext } from '../../shell.js';
import { readText } from '../read-text.js';
import { namedPolicy } from './named.js';

const MAX_POLICY_BYTES = 1024 * 1024;

/** The committed policy against the one in the working tree, unless others are named. */
export async function runDiff(context: ProjectContext, [old, next]: readonly [string | undefined, string | undefined]): Promise<Answer> {
  const before = await namedPolicy(context, old ?? 'HEAD');
  const after = next === undefined ? await workingPolicy(context) : await namedPolicy(context, next);
  return presentDiff(await comparePolicies(context.deps, before, after), { old: old ?? 'HEAD', next: next ?? PROJECT_POLICY });
}

async function workingPolicy(context: ProjectContext): ReturnType<typeof namedPolicy> {
  const text = await readText(context, path.join(context.deps.place.root, PROJECT_POLICY), MAX_POLICY_BYTES);
  return { kind: 'file', source: PROJECT_POLICY, text };
}
