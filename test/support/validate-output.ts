import { expect } from 'vitest';
import { kinds } from '../../src/cli/schemas/index.js';

export interface CliDocument {
  readonly schemaVersion: number;
  readonly kind: string;
  readonly data?: unknown;
  readonly meta?: Record<string, unknown>;
  readonly warnings?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null; readonly retryable: boolean; readonly details: Record<string, unknown> };
}

/** Checks that stdout is exactly one JSON document on one line, valid by the published schema of its kind. */
export async function validateOutput(stdout: string): Promise<CliDocument> {
  expect(stdout.endsWith('\n'), `one line with its line break, not ${JSON.stringify(stdout.slice(-80))}`).toBe(true);
  expect(stdout.trimEnd().split('\n'), 'exactly one line on stdout').toHaveLength(1);
  const document = JSON.parse(stdout) as CliDocument;
  const load = kinds[document.kind];
  if (load === undefined) throw new Error(`no published schema for kind ${JSON.stringify(document.kind)}`);
  const result = (await load()).safeParse(document);
  expect(result.success ? [] : result.error.issues, `the output of kind ${document.kind} must fit its schema`).toEqual([]);
  return document;
}
