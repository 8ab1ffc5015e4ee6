import { AiError } from '../../../domain/kernel/errors.js';
import type { AppDeps } from '../../deps.js';

export type PersonDeps = Pick<AppDeps, 'actor' | 'environment' | 'store' | 'processes' | 'host'>;

/**
 * True when this process belongs to a run that ai supervises: by its environment, by its process group, or because the
 * process that started it is one of a live run, whatever it cleared from the environment.
 */
export async function isInsideRun(deps: PersonDeps, parentPid: number): Promise<boolean> {
  if ((deps.environment['AI_RUN_ID'] ?? '') !== '') return true;
  const identities = (await deps.store.listLiveRuns()).flatMap(({ process, host }) => (process !== null && host === deps.host ? [process] : []));
  if (identities.length === 0) return false;
  const processes = await deps.processes();
  const self = processes.self();
  return identities.some((identity) => (identity.bootId === self.bootId && identity.pgid === self.pgid) || processes.members(identity).includes(parentPid));
}

/** Throws POLICY_DENIED for an agent, and for anything that an agent may have started: only people decide here. */
export async function requirePerson(deps: PersonDeps, { what, parentPid }: { readonly what: string; readonly parentPid: number }): Promise<void> {
  if (deps.actor.startsWith('agent:')) throw refused(`${deps.actor.slice('agent:'.length)} is an agent, and agents may not ${what}.`);
  if (await isInsideRun(deps, parentPid)) throw refused(`This command was started from within a run, and only a person may ${what}.`);
}

function refused(message: string): AiError {
  return new AiError({ code: 'POLICY_DENIED', message, hint: 'Have a person do it, in a terminal of their own.' });
}
