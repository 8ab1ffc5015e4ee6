import { initProject } from '../../../app/project/init-project.js';
import { hasPolicy, offeredPack, writePolicy } from '../../../app/project/offer-policy.js';
import type { Answer, Io } from '../../io.js';
import { presentInit } from '../../present/project-init.js';
import type { ShellContext } from '../../shell.js';

interface InitOptions {
  readonly policy?: string;
}

export async function runInit({ host, globals, io }: ShellContext, _: readonly [], options: InitOptions): Promise<Answer> {
  const { deps, created } = await host.initialise(globals);
  const isThere = await hasPolicy(deps);
  const pack = options.policy ?? (isThere ? null : await askForPolicy(io, globals.yes));
  const files = pack === null || pack === 'none' || (isThere && options.policy === undefined) ? created : [...created, await writePolicy(deps, pack)];
  return presentInit(await initProject(deps, { created: files, hasPolicy: isThere || files !== created }));
}

/** Only where somebody can answer: a policy that nobody asked for would surprise. `--yes` is no answer to a question that was not put. */
async function askForPolicy(io: Io, saysYes: boolean): Promise<string | null> {
  if (saysYes) return null;
  return (await io.confirm(`Write a policy to begin with (the pack ${offeredPack})?`, false)) ? offeredPack : null;
}
