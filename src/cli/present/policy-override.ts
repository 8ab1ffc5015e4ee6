import type { addOverride } from '../../app/policy/tools/overrides.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { renderTable } from '../table.js';
import { age, iso } from '../time.js';
import { stamp } from './format.js';

type GivenOverride = Awaited<ReturnType<typeof addOverride>>;

function overrideJson(override: GivenOverride, nowMs: number): Record<string, unknown> {
  const { id, rule, layer, scope, reason, by, expiresAtMs, addedAtMs, revokedAtMs, revokedBy } = override;
  return { id, rule, layer, agent: scope.agent, task: scope.task, reason, by, status: statusOf(override, nowMs), addedAt: iso(addedAtMs), expiresAt: iso(expiresAtMs), revokedAt: iso(revokedAtMs), revokedBy };
}

function statusOf({ revokedAtMs, expiresAtMs }: GivenOverride, nowMs: number): 'in force' | 'revoked' | 'expired' {
  if (revokedAtMs !== null) return 'revoked';
  return expiresAtMs > nowMs ? 'in force' : 'expired';
}

export function presentOverride(kind: 'policy.override.add' | 'policy.override.revoke', override: GivenOverride, nowMs: number): Answer {
  return { kind, data: overrideJson(override, nowMs), ids: [override.id], text: (view) => overrideText(override, view) };
}

function overrideText(override: GivenOverride, { style, nowMs }: View): string {
  const { id, rule, expiresAtMs } = override;
  if (override.revokedAtMs !== null) return `${style.green('✓')} ${id} is revoked: ${escapeLine(rule)} applies again.`;
  return `${style.green('✓')} ${style.bold(id)}: ${escapeLine(rule)} is overridden${scopeText(override)} until ${stamp(expiresAtMs)} UTC (${age(expiresAtMs - nowMs)}).\n${style.dim(`to end it before: ai policy override revoke ${id}`)}`;
}

const scopeText = ({ scope }: GivenOverride): string => `${scope.agent === null ? '' : ` for ${scope.agent}`}${scope.task === null ? '' : ` in ${scope.task}`}`;

export function presentOverrides(overrides: readonly GivenOverride[], { all, nowMs }: { readonly all: boolean; readonly nowMs: number }): Answer {
  return {
    kind: 'policy.override.list',
    data: overrides.map((override) => overrideJson(override, nowMs)),
    meta: { total: overrides.length, next: null },
    ids: overrides.map(({ id }) => id),
    text: (view) => (overrides.length === 0 ? `No override ${all ? 'was ever given' : 'is in force'}.` : table(overrides, view)),
  };
}

function table(overrides: readonly GivenOverride[], view: View): string {
  return renderTable(
    overrides,
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'RULE', value: ({ rule }) => rule },
      { title: 'LAYER', value: ({ layer }) => layer },
      { title: 'FOR', value: (override) => scopeText(override).trim() || 'everything' },
      { title: 'STATUS', value: (override) => statusOf(override, view.nowMs) },
      { title: 'UNTIL', value: ({ expiresAtMs }) => stamp(expiresAtMs) },
      { title: 'BY', value: ({ by }) => by, shrink: true },
      { title: 'REASON', value: ({ reason }) => reason, shrink: true },
    ],
    view,
  );
}
