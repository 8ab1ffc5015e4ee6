import type { ApprovalTerms, Rule } from '../layer.js';

/** What an ask wants that does not say more: one person, whoever it is, within a day. */
export const DEFAULT_TERMS: ApprovalTerms = { count: 1, from: [], ttlMs: 86_400_000 };

/** The strictest terms of several asks: most approvers, shortest time, everybody whom one of them names. */
export function mergeTerms(asking: readonly Pick<Rule, 'approval'>[]): ApprovalTerms {
  const [first = DEFAULT_TERMS, ...others] = asking.map((rule) => rule.approval ?? DEFAULT_TERMS);
  return others.reduce(stricterTerms, { ...first, from: [...new Set(first.from)].sort() });
}

const stricterTerms = (a: ApprovalTerms, b: ApprovalTerms): ApprovalTerms => ({
  count: Math.max(a.count, b.count),
  from: [...new Set([...a.from, ...b.from])].sort(),
  ttlMs: Math.min(a.ttlMs, b.ttlMs),
});
