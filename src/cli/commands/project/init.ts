import { initProject } from '../../../app/project/init-project.js';
import type { Answer } from '../../io.js';
import { presentInit } from '../../present/project-init.js';
import type { ShellContext } from '../../shell.js';

export async function runInit({ host, globals }: ShellContext): Promise<Answer> {
  const { deps, created } = await host.initialise(globals);
  return presentInit(await initProject(deps, created));
}
