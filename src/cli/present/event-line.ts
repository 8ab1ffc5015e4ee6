import type { AuditEvent } from '../../domain/audit/event.js';
import { escapeLine } from '../escape.js';
import type { Style } from '../io.js';
import { stamp } from './format.js';

const MAX_FACT_CHARACTERS = 200;
const MAX_DATA_CHARACTERS = 240;
const MAX_FACTS = 6;

/** What of an event's data is worth a place on its line, in this order, and how it is said. */
const FACTS: Readonly<Record<string, (value: unknown) => string>> = {
  title: text,
  holder: (value) => `by ${text(value)}`,
  status: text,
  from: (value) => `was ${text(value)}`,
  outcome: text,
  percent: (value) => `${text(value)} %`,
  note: text,
  reason: text,
  error: (value) => (isRecord(value) ? `${text(value['class'])}: ${text(value['message'])}` : text(value)),
  failures: (value) => `failure ${text(value)}`,
  lost: (value) => `lost ${text(value)}`,
  phase: text,
  agent: text,
  branch: (value) => `on ${text(value)}`,
  target: (value) => `on ${text(value)}`,
  commit: (value) => `as ${text(value).slice(0, 12)}`,
};

/** One event on one line, for people: when, what, which task, by whom, and the facts that matter. */
export function eventLine(event: AuditEvent, style: Style): string {
  const subject = [event.task, event.run].filter((id) => id !== null).map((id) => escapeLine(id));
  const parts = [style.dim(stamp(event.atMs)), style.dim(String(event.seq)), style.bold(escapeLine(event.type)), ...subject, escapeLine(event.actor), escapeLine(facts(event))];
  return parts.filter((part) => part !== '').join('  ');
}

function facts(event: AuditEvent): string {
  const { data } = event;
  const known = Object.entries(FACTS).flatMap(([key, say]) => (data[key] === undefined || data[key] === null ? [] : [say(data[key])]));
  if (known.length > 0) return known.slice(0, MAX_FACTS).join(', ');
  const entries = Object.entries(data).filter(([, value]) => value !== null);
  return entries.length === 0 ? '' : cut(JSON.stringify(Object.fromEntries(entries)), MAX_DATA_CHARACTERS);
}

function text(value: unknown): string {
  return cut(typeof value === 'string' ? value : JSON.stringify(value), MAX_FACT_CHARACTERS);
}

function cut(value: string, max: number): string {
  return value.length > max ? `${value.slice(0, max)}…` : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
