import type { Node } from 'yaml';
import { quote } from '../../domain/kernel/ids.js';
import type { Override } from '../../domain/policy/layer.js';
import { OVERRIDE_KEYS, type FileLayer } from './keys.js';
import { OVERRIDE_MAX_MS, POLICY_FILE_LIMITS } from './limits.js';
import { NAME_FORM } from './names.js';
import type { Entry, Reader } from './reader.js';

export interface OverrideTools {
  readonly reader: Reader;
  readonly layer: FileLayer;
  readonly source: string;
  /** Without it, only what no clock is needed for is checked. */
  readonly nowMs: number | undefined;
}

export function readOverrides(entry: Entry | undefined, tools: OverrideTools): readonly Override[] {
  const { reader, layer } = tools;
  if (entry === undefined) return [];
  if (layer === 'global') reader.problem(entry.key, 'no layer is above the global one, so it can override nothing', 'Change the rule itself.');
  const items = reader.list(entry.value, 'override', POLICY_FILE_LIMITS.overrides) ?? [];
  const overrides = items.map((item) => readOverride(item, tools)).filter((override) => override !== null);
  const seen = new Set<string>();
  for (const { rule, at } of overrides) {
    if (seen.has(rule)) reader.problems.push({ at, message: `${quote(rule)} is overridden twice`, hint: 'Leave one of them out.' });
    seen.add(rule);
  }
  return overrides;
}

function readOverride(node: Node, tools: OverrideTools): Override | null {
  const { reader, layer, source } = tools;
  const section = reader.section(node, 'the override', OVERRIDE_KEYS);
  if (section === null) return null;
  const missing = OVERRIDE_KEYS.filter((key) => !section.has(key));
  if (missing.length > 0) return reader.problem(node, `the override has no ${missing.join(' and no ')}`, 'Write rule, reason and expires.');
  const value = (key: (typeof OVERRIDE_KEYS)[number]): Node | null => section.get(key)?.value ?? null;
  const rule = readRuleId(value('rule'), reader);
  const reason = reader.text(value('reason'), 'reason', POLICY_FILE_LIMITS.whyCharacters);
  const expiresAtMs = readDate(value('expires'), tools);
  if (rule === null || reason === null || expiresAtMs === null) return null;
  return { id: rule, rule, layer, reason, expiresAtMs, by: source, at: reader.place(node) };
}

function readRuleId(node: Node | null, reader: Reader): string | null {
  const id = reader.text(node, 'rule');
  if (id === null || NAME_FORM.test(id)) return id;
  return reader.problem(node ?? 0, `${quote(id)} is no id of a rule`, 'Write the id of the rule as it stands in its file.');
}

const DATE = /^(20\d\d)-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?Z)?$/;
const HINT = 'Write a day such as 2030-06-30, which is midnight UTC at its beginning, or 2030-06-30T18:00Z.';

function readDate(node: Node | null, { reader, nowMs }: OverrideTools): number | null {
  const text = reader.text(node, 'expires');
  if (text === null) return null;
  const ms = parseDate(text);
  if (ms === null) return reader.problem(node ?? 0, `expires is ${quote(text)}, which is no day of this century`, HINT);
  if (nowMs !== undefined && ms - nowMs > OVERRIDE_MAX_MS) return reader.problem(node ?? 0, `expires is ${quote(text)}, more than a year ahead`, 'An override is for a while; change the rule when it is for good.');
  if (nowMs !== undefined && ms <= nowMs) reader.warn(node ?? 0, `the override expired on ${text} and does nothing any more`, 'Remove it, or give it a new day.');
  return ms;
}

function parseDate(text: string): number | null {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const ms = Date.parse(iso);
  // 30 February would become the 2nd of March.
  return Number.isFinite(ms) && new Date(ms).toISOString() === iso ? ms : null;
}
