import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { AiError } from '../../domain/kernel/errors.js';
import { closestWord } from '../../domain/kernel/closest-word.js';
import { quote } from '../../domain/kernel/ids.js';
import type { SettingsLayer } from './layer.js';
import { checkSettings, knownKeys, type SettingsIssue } from './settings-schema.js';

/** Aliases can make a small file enormous; settings need none. */
const MAX_ALIASES = 16;
const SHOWN_PROBLEMS = 20;

interface Problem {
  readonly offset: number;
  readonly message: string;
}

/** Reads the text of one settings file. Throws INVALID_SETTINGS with file, line and column of the first problem, and all of them in the details. */
export function parseSettings(text: string, file: string): SettingsLayer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const broken = document.errors.map((error) => ({ offset: error.pos[0], message: firstLine(error.message) }));
  if (broken.length > 0) throw invalid(file, lines, broken);
  const content: unknown = toPlain(document, { file, lines });
  const checked = checkSettings(content ?? {});
  if ('layer' in checked) return checked.layer;
  throw invalid(file, lines, checked.issues.flatMap((issue) => problemsOf(issue, document)));
}

function toPlain(document: Document.Parsed, place: { readonly file: string; readonly lines: LineCounter }): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The only thing that a document without errors refuses is a flood of aliases.
    throw invalid(place.file, place.lines, [{ offset: 0, message: error instanceof Error ? error.message : 'too many aliases' }]);
  }
}

function problemsOf(issue: SettingsIssue, document: Document.Parsed): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.path, document));
  const where = issue.path.map(String).join('.');
  return [{ offset: offsetOf(document, issue.path), message: `${where === '' ? 'the file' : where}: ${issue.message}` }];
}

function unknownKey(key: string, path: readonly PropertyKey[], document: Document.Parsed): Problem {
  const known = knownKeys(path);
  const meant = closestWord(key, known);
  const name = [...path.map(String), key].join('.');
  return { offset: keyOffset(document, path, key), message: `there is no setting ${quote(name)}; ${meant === undefined ? `here are ${known.join(', ')}` : `did you mean ${meant}?`}` };
}

/** Where the value stands; where its nearest parent stands when there is none. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (hasRange(node)) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

function keyOffset(document: Document.Parsed, path: readonly PropertyKey[], key: string): number {
  const map: unknown = path.length === 0 ? document.contents : document.getIn([...path], true);
  const pair = isMap(map) ? map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key) : undefined;
  return pair !== undefined && hasRange(pair.key) ? pair.key.range[0] : offsetOf(document, path);
}

function hasRange(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function invalid(file: string, lines: LineCounter, problems: readonly Problem[]): AiError {
  const placed = problems.slice(0, SHOWN_PROBLEMS).map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  });
  const [first] = placed;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new AiError({
    code: 'INVALID_SETTINGS',
    message: first === undefined ? `${file} can't be read.` : `${file}:${first.line}:${first.column}: ${first.message}${more}`,
    hint: `Correct ${file}; every setting is optional, and an empty file is fine.`,
    details: { file, problems: placed },
  });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
