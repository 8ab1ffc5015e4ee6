/**
 * Narrow readers for JSON that an agent wrote. They look at own properties only, answer null for
 * anything unexpected, and never throw: a parser built on them can't be broken by its input.
 */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value of a JSON document; undefined when it is not one. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not an error: whoever calls treats the text as plain output.
    return undefined;
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function textAt(record: JsonRecord, key: string): string | null {
  const value = valueAt(record, key);
  return typeof value === 'string' ? value : null;
}

/** A finite number. */
export function numberAt(record: JsonRecord, key: string): number | null {
  const value = valueAt(record, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A count or an amount: finite and not negative. */
export function amountAt(record: JsonRecord, key: string): number | null {
  const value = numberAt(record, key);
  return value === null || value < 0 ? null : value;
}

export function isTrueAt(record: JsonRecord, key: string): boolean {
  return valueAt(record, key) === true;
}

/** The record under a key; an empty one when there is none. */
export function recordAt(record: JsonRecord, key: string): JsonRecord {
  const value = valueAt(record, key);
  return isRecord(value) ? value : {};
}

/** The records of a list under a key; other members are passed over. */
export function recordsAt(record: JsonRecord, key: string): readonly JsonRecord[] {
  return listAt(record, key).filter(isRecord);
}

/** The strings of a list under a key; other members are passed over. */
export function textsAt(record: JsonRecord, key: string): readonly string[] {
  return listAt(record, key).filter((value) => typeof value === 'string');
}

function listAt(record: JsonRecord, key: string): readonly unknown[] {
  const value = valueAt(record, key);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
