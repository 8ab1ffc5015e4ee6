import { doctor } from '../../../app/project/doctor.js';
import type { Answer } from '../../io.js';
import { presentDiagnosis } from '../../present/project-doctor.js';
import type { ShellContext } from '../../shell.js';

export async function runDoctor({ host, globals }: ShellContext, _args: readonly [], options: { readonly fix?: boolean }): Promise<Answer> {
  return presentDiagnosis(await doctor(await host.examine(globals), { fix: options.fix === true }));
}
