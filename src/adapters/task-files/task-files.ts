import { AiError } from '../../domain/kernel/errors.js';
import { closestWord } from '../../domain/kernel/closest-word.js';
import { quote } from '../../domain/kernel/ids.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import type { ImportedEntry, TaskFiles } from '../../ports/task-files.js';
import { readDocuments } from './read-documents.js';
import { checkEntry, ENTRY_KEYS, type EntryIssue } from './task-entry-schema.js';

const TITLE_CHARACTERS_SHOWN = 40;

export function createTaskFiles(): TaskFiles {
  return {
    parse: async (text, source) => {
      const shown = source === '-' ? 'standard input' : source;
      const values = await readDocuments(text, shown);
      if (values.length > LIMITS.importEntries) throw new AiError({ code: 'INVALID_IMPORT', message: `${shown} holds ${values.length} tasks; the limit of one import is ${LIMITS.importEntries}.`, hint: 'Split the file.' });
      const entries = values.map((value, index) => readEntry(value, placeOf(value, index)));
      refuseRepeatedNames(entries);
      return entries;
    },
  };
}

function readEntry(value: unknown, place: string): ImportedEntry {
  const checked = checkEntry(value);
  if ('entry' in checked) return { ...checked.entry, place };
  // A mistyped key explains a missing one.
  throw entryError(place, checked.issues.find((issue) => issue.code === 'unrecognized_keys') ?? checked.issues[0], value);
}

function placeOf(value: unknown, index: number): string {
  const title = typeof value === 'object' && value !== null && 'title' in value && typeof value.title === 'string' ? value.title : null;
  return title === null ? `entry ${index + 1}` : `entry ${index + 1} (${quote(title.slice(0, TITLE_CHARACTERS_SHOWN))})`;
}

function entryError(place: string, issue: EntryIssue | undefined, value: unknown): AiError {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid(place, null, 'is no task: write an object with at least a title');
  if (issue?.code === 'unrecognized_keys') return unknownKey(place, issue.path, issue.keys[0] ?? '');
  if (!('title' in value)) return invalid(place, 'title', 'is missing');
  return invalid(place, issue?.path.map(String).join('.') ?? '', issue?.message ?? 'is not understood');
}

function unknownKey(place: string, path: readonly PropertyKey[], key: string): AiError {
  const meant = path.length === 0 ? closestWord(key, ENTRY_KEYS) : undefined;
  const known = path.length === 0 ? ENTRY_KEYS : ['pattern', 'mode'];
  return invalid(place, [...path.map(String), key].join('.'), `is no key of a task; ${meant === undefined ? `the keys are ${known.join(', ')}` : `did you mean ${meant}?`}`);
}

/** Two tasks of one name would make `dependsOn` ambiguous. */
function refuseRepeatedNames(entries: readonly ImportedEntry[]): void {
  const seen = new Map<string, string>();
  for (const { name, place } of entries) {
    if (name === null) continue;
    const before = seen.get(name);
    if (before !== undefined) throw invalid(place, 'name', `is ${quote(name)}, which is the name of ${before} already`);
    seen.set(name, place);
  }
}

function invalid(place: string, key: string | null, problem: string): AiError {
  const where = key === null ? place : `${place}, ${quote(key)}`;
  return new AiError({ code: 'INVALID_IMPORT', message: `${where} ${problem}.`.replace(/\?\.$/, '?'), hint: 'Nothing was stored. Correct the file and import it again.', details: { place, key } });
}
