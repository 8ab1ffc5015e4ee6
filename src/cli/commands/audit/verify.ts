import { verifyAudit } from '../../../app/audit/audit-log.js';
import type { Answer } from '../../io.js';
import { presentVerdict } from '../../present/audit.js';
import type { ProjectContext } from '../../shell.js';

export async function runVerify({ deps }: ProjectContext): Promise<Answer> {
  return presentVerdict(await verifyAudit(deps));
}
