/**
 * JSON Canonicalization Scheme, RFC 8785: keys sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them. Refuses what has no canonical form (NaN, infinity, undefined in
 * an array, functions, lone surrogates); a property whose value is undefined is left out.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`a value of type ${typeof value} has no JSON form`);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
  return JSON.stringify(value);
}

function canonicalObject(value: Record<string, unknown>): string {
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${text.length > 1 ? ',' : ''}${canonicalString(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

/** Half of a pair or all of it. Asked first, because most text has neither and the question about lone ones is dear. */
const SURROGATE = /[\ud800-\udfff]/;

function canonicalString(text: string): string {
  if (SURROGATE.test(text) && /\p{Surrogate}/u.test(text)) throw new TypeError('a lone surrogate has no JSON form');
  return JSON.stringify(text);
}
