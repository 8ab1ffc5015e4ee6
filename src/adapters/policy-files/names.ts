import { closestWord } from '../../domain/kernel/closest-word.js';
import { quote } from '../../domain/kernel/ids.js';
import { mixesAlphabets } from './invisible.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import type { Reader, Word } from './reader.js';

/** Of rules, sets and teams. */
export const NAME_FORM = /^[a-z][a-z0-9-]{0,63}$/;
const AGENT_FORM = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const USER_FORM = /^[^\s:@,/\\]{1,64}$/u;

export function checkName(reader: Reader, word: Word, what: string): string | null {
  if (NAME_FORM.test(word.text)) return word.text;
  const meant = word.text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '');
  return reader.problem(word.node, `${what} is called ${quote(word.text)}`, NAME_FORM.test(meant) ? `Write ${meant}: a name has 1 to 64 of a-z, 0-9 and -, and begins with a letter.` : 'A name has 1 to 64 of a-z, 0-9 and -, and begins with a letter.');
}

/** Roles, labels, skills and task types: one line without spaces around, in one alphabet. */
export function checkWord(reader: Reader, word: Word, what: string): string | null {
  if (word.text.length > POLICY_FILE_LIMITS.nameCharacters || word.text.includes('\n')) return reader.problem(word.node, `${what} is longer than ${POLICY_FILE_LIMITS.nameCharacters} characters or has several lines`, null);
  if (mixesAlphabets(word.text)) return reader.problem(word.node, `${what} ${quote(word.text)} mixes letters of several alphabets that look alike`, 'Type it again; copied text can hold letters that only look like a to z.');
  return word.text;
}

export function checkUser(reader: Reader, word: Word): string | null {
  if (!USER_FORM.test(word.text)) return reader.problem(word.node, `${quote(word.text)} is no user`, 'Write the name of the user alone, such as anna.');
  return checkWord(reader, word, 'the user');
}

const EVERYBODY: ReadonlySet<string> = new Set(['*', 'user:*']);
const AGENT_HINT = 'Write the id of an agent, role:NAME, label:NAME, "*" for every agent, or user:* for every person.';

/** An agent id, `role:NAME`, `label:NAME`, `*` (every agent) or `user:*` (every person). */
export function checkAgent(reader: Reader, word: Word): string | null {
  if (EVERYBODY.has(word.text)) return word.text;
  const [, kind, name = ''] = /^([^:]*):(.*)$/su.exec(word.text) ?? [];
  if (kind === undefined) {
    if (AGENT_FORM.test(word.text)) return word.text;
    return reader.problem(word.node, `${quote(word.text)} is no agent`, AGENT_HINT);
  }
  const isFine = (kind === 'role' || kind === 'label') && name !== '' && name.trim() === name;
  if (isFine) return checkWord(reader, word, `the ${kind}`);
  const meant = name === '' ? undefined : closestWord(kind, ['role', 'label']);
  return reader.problem(word.node, `${quote(word.text)} names no agent`, meant === undefined ? AGENT_HINT : `Did you mean ${meant}:${name.trim()}?`);
}

/** `team:NAME` or `user:NAME`. */
export function checkApprover(reader: Reader, word: Word): string | null {
  const [, kind, name = ''] = /^(team|user):(.*)$/su.exec(word.text) ?? [];
  const isFine = (kind === 'team' && NAME_FORM.test(name)) || (kind === 'user' && USER_FORM.test(name));
  if (isFine) return checkWord(reader, word, `the ${kind}`);
  return reader.problem(word.node, `${quote(word.text)} can't approve`, 'Write team:NAME or user:NAME.');
}

export const present = <T>(values: readonly (T | null)[] | null | undefined): readonly T[] => (values ?? []).filter((value) => value !== null);
