import { AiError, type ErrorCode } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { DecisionStore } from '../../../ports/decision-store.js';
import type { GivenOverride, OverrideStore } from '../../../ports/override-store.js';

/** Candidates that an ambiguous prefix lists. */
const SHOWN_CANDIDATES = 10;

interface IdForm {
  readonly letter: string;
  readonly length: number;
  readonly what: string;
  readonly code: ErrorCode;
  readonly hint: string;
}

const DECISION: IdForm = { letter: 'd', length: 10, what: 'decision', code: 'DECISION_NOT_FOUND', hint: 'ai pdr list' };
const APPROVAL: IdForm = { letter: 'a', length: 6, what: 'approval', code: 'APPROVAL_NOT_FOUND', hint: 'ai approval list' };
const OVERRIDE: IdForm = { letter: 'o', length: 6, what: 'override', code: 'INVALID_INPUT', hint: 'ai policy override list' };

/** The decision that the text names: its id, or a prefix that only one has. Throws DECISION_NOT_FOUND, AMBIGUOUS_ID, INVALID_INPUT. */
export async function resolveDecisionId(store: Pick<DecisionStore, 'findDecisionIds'>, text: string): Promise<string> {
  return only(await store.findDecisionIds(parsePrefix(text, DECISION), SHOWN_CANDIDATES + 1), text, DECISION);
}

/** Throws APPROVAL_NOT_FOUND, AMBIGUOUS_ID, INVALID_INPUT. */
export async function resolveApprovalId(store: Pick<DecisionStore, 'findApprovalIds'>, text: string): Promise<string> {
  return only(await store.findApprovalIds(parsePrefix(text, APPROVAL), SHOWN_CANDIDATES + 1), text, APPROVAL);
}

/** Throws AMBIGUOUS_ID, and INVALID_INPUT also for an override that is not there. */
export async function resolveOverride(store: Pick<OverrideStore, 'listOverrides'>, text: string): Promise<GivenOverride> {
  const prefix = parsePrefix(text, OVERRIDE);
  const overrides = (await store.listOverrides({ activeAtMs: null })).filter(({ id }) => id.startsWith(prefix));
  const id = only(overrides.map((override) => override.id), text, OVERRIDE);
  return overrides.find((override) => override.id === id) as GivenOverride;
}

/** `d-4K9`, `4k9`; look-alikes of Crockford's alphabet are folded. */
function parsePrefix(text: string, form: IdForm): string {
  const folded = text.trim().toLowerCase();
  const body = (folded.startsWith(`${form.letter}-`) ? folded.slice(2) : folded).replaceAll('o', '0').replaceAll(/[il]/g, '1');
  if (/^[0-9a-hjkmnp-tv-z]+$/.test(body) && body.length <= form.length) return `${form.letter}-${body}`;
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(text)} is not the id of ${form.what === 'decision' ? 'a' : 'an'} ${form.what}: an id is "${form.letter}-" and up to ${form.length} letters or digits.`, hint: form.hint });
}

function only(candidates: readonly string[], text: string, form: IdForm): string {
  const [first, second] = candidates;
  const exact = candidates.find((candidate) => candidate === text.trim().toLowerCase());
  if (exact !== undefined) return exact;
  if (first === undefined) throw new AiError({ code: form.code, message: `There is no ${form.what} ${quote(text)}.`, hint: form.hint });
  if (second === undefined) return first;
  const shown = candidates.slice(0, SHOWN_CANDIDATES);
  throw new AiError({
    code: 'AMBIGUOUS_ID',
    message: `${quote(text)} can be ${shown.join(', ')}${candidates.length > SHOWN_CANDIDATES ? ' and more' : ''}.`,
    hint: 'Type one more character of the id.',
    details: { candidates: shown },
  });
}
