import { matchPaths } from '../../../app/policy/tools/match-paths.js';
import type { Answer } from '../../io.js';
import { presentMatches } from '../../present/policy-match.js';
import type { ProjectContext } from '../../shell.js';

interface MatchOptions {
  readonly for?: string;
  readonly counts?: boolean;
}

export async function runMatch({ deps }: ProjectContext, [paths]: readonly [readonly string[]], options: MatchOptions): Promise<Answer> {
  return presentMatches(await matchPaths(deps, { paths, agent: options.for ?? null, counts: options.counts === true }));
}
