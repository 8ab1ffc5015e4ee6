import { projectStatus } from '../../../app/project/project-status.js';
import type { Answer } from '../../io.js';
import { presentStatus } from '../../present/project-status.js';
import type { ProjectContext } from '../../shell.js';

export async function runStatus({ deps }: ProjectContext): Promise<Answer> {
  return presentStatus(await projectStatus(deps));
}
