import { expect } from 'vitest';
import type { CallOptions, ControlPlane, Json } from './control-plane.js';
import { validateOutput } from './validate-output.js';

/** Runs with --json and answers the document: exactly one, valid by its published schema, with the expected kind and exit code. */
export async function answer(plane: ControlPlane, args: readonly string[], expected: CallOptions & { readonly kind?: string; readonly code?: number } = {}): Promise<Json> {
  const output = await plane.ai([...args, '--json'], expected);
  expect({ code: output.code, stderr: output.code === (expected.code ?? 0) ? '' : output.stderr, args }).toEqual({ code: expected.code ?? 0, stderr: '', args });
  const document = await validateOutput(output.stdout);
  if (expected.kind !== undefined) expect(document.kind).toBe(expected.kind);
  return document;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details: Json;
}

/** A failure, twice: as text (nothing on stdout, one line and a hint on stderr, no stack) and as one JSON document, with the same exit code. */
export async function refusal(plane: ControlPlane, args: readonly string[], expected: CallOptions & { readonly code: number; readonly error: string }): Promise<Refusal> {
  const [text, document] = await Promise.all([plane.ai(args, expected), answer(plane, args, { ...expected, kind: 'error' }) as Promise<{ readonly error: Refusal }>]);
  expect({ code: text.code, stdout: text.stdout, args }, text.stderr).toEqual({ code: expected.code, stdout: '', args });
  expect(text.stderr).toMatch(/^error: \S/m);
  expect(text.stderr).not.toMatch(/\n\s+at |node:internal|SQLITE_|Error:/);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(text.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(text.stderr.length).toBeLessThan(4_000);
  expect(document.error).toMatchObject({ code: expected.error });
  return document.error;
}
