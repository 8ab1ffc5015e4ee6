import path from 'node:path';
import type { HookManager } from '../../ports/git-hooks.js';
import type { Folders } from './hooks-place.js';
import { readSmallFile } from './small-file.js';

const LEFTHOOK_FILES = ['lefthook', '.lefthook', '.config/lefthook'].flatMap((name) => ['.yml', '.yaml', '.toml', '.json'].map((end) => `${name}${end}`));
const PRE_COMMIT_FILES = ['.pre-commit-config.yaml', '.pre-commit-config.yml'];
const HUSKY_FILES = ['.husky/pre-commit', '.husky/pre-push'];

/** Who manages hooks here, by the scripts that are installed and by the files in the top folder. `scripts` are the texts of present hooks. */
export async function findManager({ top, hooks }: Pick<Folders, 'top' | 'hooks'>, scripts: readonly string[]): Promise<HookManager | null> {
  const inTree = path.relative(top, hooks).split(path.sep).join('/');
  const isHusky = inTree === '.husky' || inTree.startsWith('.husky/') || scripts.some((text) => /husky\.sh|\.husky\//.test(text));
  if (isHusky) return { name: 'husky', configs: await readAll(top, HUSKY_FILES) };
  const lefthook = await readAll(top, LEFTHOOK_FILES);
  if (isPresent(lefthook) || scripts.some((text) => /\blefthook\b/.test(text))) return { name: 'lefthook', configs: presentOr(lefthook, 'lefthook.yml') };
  const preCommit = await readAll(top, PRE_COMMIT_FILES);
  if (isPresent(preCommit) || scripts.some((text) => text.includes('pre-commit.com'))) return { name: 'pre-commit', configs: presentOr(preCommit, '.pre-commit-config.yaml') };
  return null;
}

type Configs = HookManager['configs'];

const isPresent = (configs: Configs): boolean => configs.some(({ text }) => text !== null);

function presentOr(configs: Configs, fallback: string): Configs {
  return isPresent(configs) ? configs.filter(({ text }) => text !== null) : [{ path: fallback, text: null }];
}

async function readAll(top: string, names: readonly string[]): Promise<Configs> {
  return Promise.all(names.map(async (name) => ({ path: name, text: await readSmallFile(path.join(top, name)) })));
}
