import { explainPoint } from '../../../app/policy/tools/explain-point.js';
import type { Answer } from '../../io.js';
import { presentExplainedPoint } from '../../present/policy-explain.js';
import type { ProjectContext } from '../../shell.js';

interface ExplainOptions {
  readonly agent?: string;
  readonly task?: string;
  readonly path?: readonly string[];
  readonly command?: string;
  readonly skill?: string;
  readonly fact?: readonly string[];
}

export async function runExplain({ deps }: ProjectContext, [point]: readonly [string], options: ExplainOptions): Promise<Answer> {
  const explained = await explainPoint(deps, {
    point,
    agent: options.agent ?? null,
    task: options.task ?? null,
    paths: options.path ?? [],
    command: options.command ?? null,
    skill: options.skill ?? null,
    facts: options.fact ?? [],
  });
  return presentExplainedPoint(explained);
}
