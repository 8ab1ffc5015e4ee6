import { AiError } from '../../domain/kernel/errors.js';

const MAX_ALIASES = 1_000;

/** The values of a file, not looked into yet. Throws INVALID_IMPORT with the line where reading stopped. */
export async function readDocuments(text: string, source: string): Promise<readonly unknown[]> {
  const plain = text.replace(/^\ufeff/, '');
  const first = plain.trimStart()[0];
  if (source.endsWith('.jsonl') || source.endsWith('.ndjson')) return readLines(plain, source);
  if (source.endsWith('.json')) return asList(parseJson(plain, source), source);
  // Every JSON array is YAML too, but a JSON parser is a hundred times faster.
  if (first === '[') return asList(tryJson(plain) ?? (await readYaml(plain, source)), source);
  if (first === '{') return tryObject(plain) ?? readLines(plain, source);
  return asList(await readYaml(plain, source), source);
}

function asList(value: unknown, source: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value;
  if (typeof value === 'object') return [value];
  throw invalid(source, 'holds no list of tasks');
}

function tryObject(text: string): readonly unknown[] | undefined {
  const value = tryJson(text);
  return typeof value === 'object' && value !== null ? [value] : undefined;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON; the caller tries what else it can be, and reports that.
    return undefined;
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(source, `is no JSON: ${cause instanceof Error ? cause.message : 'unreadable'}`, cause);
  }
}

function readLines(text: string, source: string): unknown[] {
  const values: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) if (line.trim() !== '') values.push(parseJson(line, `${source}:${index + 1}`));
  return values;
}

async function readYaml(text: string, source: string): Promise<unknown> {
  const { parseDocument } = await import('./yaml.js');
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const place = error.linePos?.[0];
    throw invalid(place === undefined ? source : `${source}:${place.line}:${place.col}`, `is no YAML: ${error.message.split('\n', 1)[0] ?? ''}`, error);
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (cause) {
    // The only thing that a document without errors refuses is a flood of aliases.
    throw invalid(source, 'uses too many aliases', cause);
  }
}

function invalid(source: string, problem: string, cause?: unknown): AiError {
  return new AiError({ code: 'INVALID_IMPORT', message: `${source} ${problem}`, hint: 'Write a YAML or JSON array of tasks, or one JSON object a line; only `title` is required.', cause });
}
