import { addOverride, listOverrides, revokeOverride } from '../../../app/policy/tools/overrides.js';
import { parseDurationMs } from '../../../domain/kernel/duration.js';
import type { Answer } from '../../io.js';
import { presentOverride, presentOverrides } from '../../present/policy-override.js';
import type { ProjectContext } from '../../shell.js';
import { usage } from '../options.js';

interface AddOptions {
  readonly layer: string;
  readonly reason: string;
  readonly expires: string;
  readonly agent?: string;
  readonly task?: string;
}

export async function runAddOverride({ deps, nowMs }: ProjectContext, [rule]: readonly [string], options: AddOptions): Promise<Answer> {
  const added = await addOverride(deps, { rule, layer: options.layer, reason: options.reason, expiresAtMs: expiryOf(options.expires, nowMs), agent: options.agent ?? null, task: options.task ?? null, parentPid: process.ppid });
  return presentOverride('policy.override.add', added, nowMs);
}

export async function runListOverrides({ deps, nowMs }: ProjectContext, _args: readonly [], { all }: { readonly all?: boolean }): Promise<Answer> {
  return presentOverrides(await listOverrides(deps, all === true), { all: all === true, nowMs });
}

export async function runRevokeOverride({ deps, nowMs }: ProjectContext, [id]: readonly [string]): Promise<Answer> {
  return presentOverride('policy.override.revoke', await revokeOverride(deps, id, process.ppid), nowMs);
}

const DAY = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2}))?Z)?$/;

/** A length of time from now, a day (its beginning, in UTC), or a time in UTC. */
function expiryOf(text: string, nowMs: number): number {
  const [, day, time = '00:00', seconds = '00'] = DAY.exec(text.trim()) ?? [];
  if (day === undefined) return nowMs + parseDurationMs(text);
  const iso = `${day}T${time}:${seconds}.000Z`;
  const ms = Date.parse(iso);
  // 30 February would become the 2nd of March.
  if (!Number.isFinite(ms) || new Date(ms).toISOString() !== iso) throw usage(`${text} is no day.`, '--expires 2h, 2030-06-30 or 2030-06-30T18:00Z');
  return ms;
}
