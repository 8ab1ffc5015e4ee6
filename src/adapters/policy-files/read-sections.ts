import type { Node } from 'yaml';
import { quote } from '../../domain/kernel/ids.js';
import { EFFECTS, type Effect } from '../../domain/policy/effect.js';
import { EVIDENCE_KINDS, NO_LIMITS, type Limits, type RequiredEvidence } from '../../domain/policy/layer.js';
import { POLICY_POINTS, type PolicyPoint } from '../../domain/policy/point.js';
import { DAY_LIMIT_KEYS, EVIDENCE_KEYS, LIMITS_KEYS, RUN_LIMIT_KEYS } from './keys.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import { checkName, checkUser, present } from './names.js';
import type { Entry, Reader } from './reader.js';

export function readDefaults(reader: Reader, entry: Entry | undefined): Partial<Record<PolicyPoint, Effect>> {
  const defaults: Partial<Record<PolicyPoint, Effect>> = {};
  if (entry === undefined) return defaults;
  const section = reader.section(entry.value, 'defaults', POLICY_POINTS);
  for (const point of POLICY_POINTS) {
    const value = section?.get(point);
    const effect = value === undefined ? null : reader.oneOf(value.value, point, EFFECTS);
    if (effect !== null) defaults[point] = effect;
  }
  return defaults;
}

export function readTeams(reader: Reader, entry: Entry | undefined): Readonly<Record<string, readonly string[]>> {
  // No prototype: `constructor` is a name like any other.
  const teams = Object.create(null) as Record<string, readonly string[]>;
  if (entry === undefined) return teams;
  const entries = reader.entries(entry.value, 'teams');
  if (entries !== null && entries.size > POLICY_FILE_LIMITS.teams) reader.problem(entry.key, `there are ${entries.size} teams and the limit is ${POLICY_FILE_LIMITS.teams}`);
  for (const [name, { key, value }] of entries ?? []) {
    const members = present(reader.words(value, `the team ${quote(name)}`)?.map((word) => checkUser(reader, word)));
    if (checkName(reader, { text: name, node: key }, 'the team') !== null) teams[name] = members;
  }
  return teams;
}

export function readLimits(reader: Reader, entry: Entry | undefined): Limits {
  const section = entry === undefined ? null : reader.section(entry.value, 'limits', LIMITS_KEYS);
  if (section === null) return NO_LIMITS;
  const run = section.get('run');
  const day = section.get('day');
  return { run: run === undefined ? NO_LIMITS.run : readRunLimits(reader, run.value), day: day === undefined ? NO_LIMITS.day : readDayLimits(reader, day.value) };
}

function readRunLimits(reader: Reader, node: Node | null): Limits['run'] {
  const section = reader.section(node, 'run', RUN_LIMIT_KEYS);
  const usd = section?.get('usd');
  const minutes = section?.get('minutes');
  const calls = section?.get('tool_calls');
  return {
    usd: usd === undefined ? null : readMoney(reader, usd.value),
    minutes: minutes === undefined ? null : readNumber(reader, minutes.value, { what: 'minutes', form: MINUTES, hint: 'Write minutes such as 40 or 0.5.' }),
    toolCalls: calls === undefined ? null : readNumber(reader, calls.value, { what: 'tool_calls', form: COUNT, hint: 'Write a whole number such as 300.' }),
  };
}

function readDayLimits(reader: Reader, node: Node | null): Limits['day'] {
  const usd = reader.section(node, 'day', DAY_LIMIT_KEYS)?.get('usd');
  return { usd: usd === undefined ? null : readMoney(reader, usd.value) };
}

/** The same form that budgets of tasks have: digits, and at most six behind the point. */
const MONEY = /^\d{1,9}(\.\d{1,6})?$/;
const MINUTES = /^(0|[1-9]\d{0,5})(\.\d{1,3})?$/;
const COUNT = /^(0|[1-9]\d{0,8})$/;

/** `4.00`, `"4"` and `004` are one amount: `4`. */
function readMoney(reader: Reader, node: Node | null): string | null {
  const written = reader.digits(node, 'usd', MONEY);
  if (written === null) return hinted(reader, 'Write US dollars such as 4.00: no sign, no exponent, at most 6 digits behind the point.');
  const [whole = '', fraction = ''] = written.split('.');
  const digits = fraction.replace(/0+$/, '');
  return `${whole.replace(/^0+(?=\d)/, '')}${digits === '' ? '' : `.${digits}`}`;
}

function readNumber(reader: Reader, node: Node | null, { what, form, hint }: { readonly what: string; readonly form: RegExp; readonly hint: string }): number | null {
  const written = reader.digits(node, what, form);
  return written === null ? hinted(reader, hint) : Number(written);
}

/** Puts what to write instead to the problem that was noted last. */
function hinted(reader: Reader, hint: string): null {
  const last = reader.problems.pop();
  if (last !== undefined) reader.problems.push({ ...last, hint });
  return null;
}

export function readEvidence(reader: Reader, entry: Entry | undefined): readonly RequiredEvidence[] {
  const section = entry === undefined ? null : reader.section(entry.value, 'evidence', EVIDENCE_KEYS);
  const done = section?.get('task.done');
  const kinds = done === undefined ? [] : (reader.someOf(done.value, 'task.done', EVIDENCE_KINDS) ?? []);
  return EVIDENCE_KINDS.filter((kind) => kinds.includes(kind));
}
