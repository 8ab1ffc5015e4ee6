import { closestWord } from '../../../domain/kernel/closest-word.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import type { Answer } from '../../io.js';
import { kinds } from '../../schemas/index.js';
import type { ShellContext } from '../../shell.js';

export async function runSchema(_context: ShellContext, [kind]: readonly [kind?: string]): Promise<Answer> {
  return kind === undefined ? listKinds() : printSchema(kind);
}

function listKinds(): Answer {
  const names = Object.keys(kinds).sort();
  return { kind: 'schema.list', data: names.map((kind) => ({ kind })), meta: { total: names.length, next: null }, text: () => names.join('\n') };
}

async function printSchema(kind: string): Promise<Answer> {
  const load = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (load === undefined) throw unknownKind(kind);
  const { toJsonSchema } = await import('../../schemas/json-schema.js');
  const schema = toJsonSchema(kind, await load());
  return { kind: 'schema', data: { kind, schema }, text: () => JSON.stringify(schema, null, 2) };
}

function unknownKind(kind: string): AiError {
  const meant = closestWord(kind, Object.keys(kinds));
  return new AiError({
    code: 'KIND_NOT_FOUND',
    message: `There is no kind ${quote(kind)}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
    hint: meant === undefined ? 'ai schema' : `ai schema ${meant}`,
    details: { kind, suggestions: meant === undefined ? [] : [meant] },
  });
}
