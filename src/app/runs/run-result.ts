import { canonicalJson } from '../../domain/audit/canonical-json.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { utf8Bytes, wellFormed } from '../../domain/kernel/text.js';
import type { RequiredEvidence } from '../../domain/policy/layer.js';
import { usdToMicros } from '../../domain/policy/money.js';
import type { CheckResult } from '../../domain/run/run.js';
import type { Supervised } from './supervise-agent.js';

/** Kinds that a policy may require. The diff is always there: it is what the snapshot is. */
export function evidenceAtHand(checks: readonly CheckResult[], supervised: Supervised): RequiredEvidence[] {
  return ['diff', ...(checks.length === 0 ? [] : (['checks'] as const)), ...(supervised.lastEvents.length === 0 ? [] : (['transcript'] as const))];
}

/** Null when the client does not say what it cost: then the reservation counts as spent. */
export function spentMicros({ usage }: Supervised): number | null {
  return usage.costUsd === null ? null : usdToMicros(usage.costUsd);
}

const RESULT_CHARACTERS = 16 * 1024;

export function resultOf(supervised: Supervised): unknown {
  const last = supervised.lastEvents.at(-1);
  if (last?.type !== 'result') return null;
  if (last.structured !== undefined && isRecordable(last.structured)) return last.structured;
  return last.text === '' ? null : wellFormed(last.text.slice(0, RESULT_CHARACTERS));
}

/** An agent may hand over anything; what has no canonical form, or is too large for an event, stays in its transcript. */
function isRecordable(value: unknown): boolean {
  try {
    return utf8Bytes(canonicalJson(value)) <= LIMITS.resultBytes;
  } catch {
    return false;
  }
}
