import { hooksStatus } from '../../../app/hooks/manage-hooks.js';
import type { Answer } from '../../io.js';
import { presentHooksStatus } from '../../present/hooks.js';
import type { ShellContext } from '../../shell.js';
import { openHooks } from './hooks-host.js';

export async function runStatus({ host, globals }: ShellContext): Promise<Answer> {
  return presentHooksStatus(await hooksStatus(await openHooks(host, globals)));
}
