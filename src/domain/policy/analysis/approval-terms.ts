import type { ApprovalTerms } from '../layer.js';

export interface Directions {
  readonly wider: boolean;
  readonly narrower: boolean;
}

/** Which way the terms of an approval went. Another set of approvers goes both ways, unless one of them is everybody. */
export function compareTerms(old: ApprovalTerms, next: ApprovalTerms): Directions {
  const from = compareFrom(old.from, next.from);
  return {
    wider: next.count < old.count || next.ttlMs > old.ttlMs || from.wider,
    narrower: next.count > old.count || next.ttlMs < old.ttlMs || from.narrower,
  };
}

function compareFrom(old: readonly string[], next: readonly string[]): Directions {
  const isSame = old.every((name) => next.includes(name)) && next.every((name) => old.includes(name));
  if (isSame) return { wider: false, narrower: false };
  return { wider: old.length > 0, narrower: next.length > 0 };
}
