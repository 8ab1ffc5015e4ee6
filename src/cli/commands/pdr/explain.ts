import { explainRecord } from '../../../app/policy/tools/replay-decisions.js';
import type { Answer } from '../../io.js';
import { presentExplainedRecord } from '../../present/policy-explain.js';
import type { ProjectContext } from '../../shell.js';

export async function runExplain({ deps }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentExplainedRecord(await explainRecord(deps, id));
}
