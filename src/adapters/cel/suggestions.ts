import { closestWord } from '../../domain/kernel/closest-word.js';
import { quote } from '../../domain/kernel/ids.js';
import { refuse, type ExpressionRefused } from './problem.js';

/**
 * What CEL has and we refuse, with what to write instead: they cost without bound, depend on the clock, or give a type
 * that no fact has. The documentation lists them; whatever is not accepted by check-grammar.ts is refused besides.
 */
export const REFUSED_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['matches', 'Regular expressions can take forever; write matchesGlob(path, "src/**"), startsWith, endsWith or contains.'],
  ['map', 'Write all(), exists() or exists_one() with the condition itself.'],
  ['filter', 'Write all(), exists() or exists_one() with the condition itself.'],
  ['bind', 'Write the value where it is used.'],
  ['timestamp', 'The time is in now.hour and now.weekday, in UTC.'],
  ['duration', 'Times are numbers: run.minutes > 30.0.'],
  ['bytes', 'Write a text: "abc".'],
  ['uint', 'Write a number without u.'],
  ['int', 'Compare a decimal fact with a decimal number (5.0), a whole one with a whole number (5).'],
  ['double', 'Compare a decimal fact with a decimal number (5.0), a whole one with a whole number (5).'],
  ['string', 'Facts have one type each; compare with a value of that type.'],
  ['bool', 'Write the condition itself.'],
  ['dyn', 'Every value has one type here.'],
  ['type', 'Facts have one type each, which is checked before.'],
]);

const FUNCTION_HINTS = ['has', 'size', 'startsWith', 'endsWith', 'contains', 'all', 'exists', 'exists_one', 'matchesGlob'];

/** The nearest of all names, or the names of the same group. */
export function unknownFact(name: string, at: number, known: readonly string[]): ExpressionRefused {
  const [group = ''] = name.split('.', 1);
  const siblings = known.filter((other) => other.startsWith(`${group}.`));
  const meant = closestWord(name, known) ?? known.find((other) => other.endsWith(`.${name}`));
  const others = siblings.length > 0 ? siblings : known;
  return refuse(at, `there is no fact ${quote(name)}`, meant === undefined ? `There are ${others.join(', ')}.` : `Did you mean ${meant}?`);
}

/** `otherForm`: it exists as a function where a method was written, or the other way around. */
export function unknownFunction(name: string, at: number, otherForm: boolean): ExpressionRefused {
  const reason = REFUSED_FUNCTIONS.get(name);
  if (reason !== undefined) return refuse(at, `${name}() is not supported`, reason);
  if (otherForm) return refuse(at, `${name}() is written the other way around`, name === 'matchesGlob' || name === 'has' ? `Write ${name === 'has' ? 'has(change.kind)' : 'matchesGlob(path, "src/**")'}.` : `Write task.title.${name}(...), for example.`);
  const meant = closestWord(name, FUNCTION_HINTS);
  return refuse(at, `there is no function ${quote(name)}`, meant === undefined ? `There are ${FUNCTION_HINTS.join(', ')}.` : `Did you mean ${meant}?`);
}
