import { publicKey } from '../../../app/audit/public-key.js';
import type { Answer } from '../../io.js';
import { presentKey } from '../../present/audit-anchor.js';
import type { ProjectContext } from '../../shell.js';

export async function runKey({ deps }: ProjectContext): Promise<Answer> {
  return presentKey(await publicKey(deps));
}
