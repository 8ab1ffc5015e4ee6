import { quote } from '../../domain/kernel/ids.js';
import { EXPRESSION_LIMITS } from './limits.js';
import { refuse, type ExpressionRefused } from './problem.js';

/** What the CEL library throws. */
export interface CelError {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number } | undefined;
}

export function isCelError(error: unknown): error is CelError & Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'summary' in error && typeof error.summary === 'string';
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['and', 'Write && for and.'],
  ['or', 'Write || for or.'],
  ['not', 'Write ! for not.'],
  ['=', 'Write == to compare.'],
  ['&', 'Write && for and.'],
  ['|', 'Write || for or.'],
  ["'", 'Close the text with the same quote.'],
]);

const LIMIT_TEXTS: ReadonlyMap<string, string> = new Map([
  ['maxAstNodes', `it has more than ${EXPRESSION_LIMITS.nodes} parts`],
  ['maxDepth', `it is nested more than ${EXPRESSION_LIMITS.depth} deep`],
  ['maxListElements', `a list has more than ${EXPRESSION_LIMITS.listItems} items`],
  ['maxMapEntries', `a map has more than ${EXPRESSION_LIMITS.listItems} entries`],
  ['maxCallArguments', 'a call has too many arguments'],
]);

/** Says what is wrong with the form of an expression. */
export function explainParseError(error: CelError, text: string): ExpressionRefused {
  const { start: at, end } = error.range ?? { start: 0, end: 0 };
  const [, limit = ''] = /^Exceeded (\w+)/.exec(error.summary) ?? [];
  if (error.code === 'limit_exceeded') return refuse(at, LIMIT_TEXTS.get(limit) ?? 'it is too large', 'Write two rules instead of one.');
  if (error.code === 'unexpected_token' || error.code === 'expected_token' || error.code === 'unexpected_character') return explainToken(text, at, end);
  if (error.code === 'reserved_identifier') return refuse(at, `${quote(text.slice(at, end))} is a reserved word`, null);
  return refuse(at, lowerFirst(error.summary), null);
}

function explainToken(text: string, at: number, end: number): ExpressionRefused {
  const token = text.slice(at, Math.max(end, at + 1));
  if (text.trim() === '') return refuse(0, 'it is empty', 'Write a condition such as task.risk == "high", or leave `when` out.');
  if (token.trim() === '') return refuse(at, 'it ends too early', 'Complete it; every ( [ and { needs its counterpart.');
  return refuse(at, `${quote(token)} is not expected here`, WORDS.get(token) ?? null);
}

/** Says which types do not fit. */
export function explainTypeError(error: CelError): ExpressionRefused {
  const at = error.range?.start ?? 0;
  const [, left, operator, right] = /^no such overload: (\S+) (\S+) (\S.*)$/.exec(error.summary) ?? [];
  if (left === undefined || operator === undefined || right === undefined) return refuse(at, lowerFirst(error.summary), null);
  return refuse(at, `${operator} can't take ${nameOf(left)} and ${nameOf(right)}`, numberHint(left, right));
}

function numberHint(left: string, right: string): string | null {
  const types = new Set([left, right]);
  if (types.has('double') && types.has('int')) return 'A decimal fact is compared with a decimal number: write 5.0 instead of 5.';
  if (types.has('string') && types.size === 2) return 'A text is compared with a text in quotes.';
  return null;
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'a text (string)'],
  ['int', 'a whole number (int)'],
  ['double', 'a decimal number (double)'],
  ['bool', 'true or false (bool)'],
  ['null', 'null'],
  ['list<string>', 'a list of texts (list<string>)'],
]);

export const nameOf = (type: string): string => TYPE_NAMES.get(type) ?? type;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
