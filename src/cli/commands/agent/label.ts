import { labelAgent } from '../../../app/agents/manage-agents.js';
import type { Answer } from '../../io.js';
import { presentAgent } from '../../present/agent.js';
import type { ProjectContext } from '../../shell.js';
import { usage, words } from '../options.js';

interface LabelOptions {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

export async function runLabel({ deps }: ProjectContext, [id, labels]: readonly [string, readonly string[]], options: LabelOptions): Promise<Answer> {
  // `+urgent` is how other tools write "add this label".
  const add = [...words(labels).map((label) => label.replace(/^\+/, '')), ...words(options.add ?? [])];
  const remove = words(options.remove ?? []);
  if (add.length + remove.length === 0) throw usage('Which label? Name those to add, or use --remove.', `ai agent label ${id} backend`);
  return presentAgent('agent.label', await labelAgent(deps, id, { add, remove }));
}
