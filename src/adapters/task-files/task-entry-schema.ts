import * as z from 'zod';
import { parseDurationMs } from '../../domain/kernel/duration.js';
import { isAiError } from '../../domain/kernel/errors.js';
import type { TaskEntry } from '../../domain/task/task-input.js';

/** YAML reads `2.50` as a number and so would an author. */
const money = z.union([z.string(), z.number()]).transform(String);

const duration = z.string().transform((text, context) => {
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (!isAiError(error)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

const lock = z.union([
  z.string().transform((pattern) => ({ pattern, mode: 'exclusive' as const })),
  z.strictObject({ pattern: z.string(), mode: z.enum(['exclusive', 'shared']).default('exclusive') }),
]);

const words = z.array(z.string());

/** The keys of a task as the command line's JSON shows them, and `name`. What the values mean is checked by the domain. */
const entrySchema = z.strictObject({
  name: z.string().min(1).nullable().optional(),
  title: z.string(),
  description: z.string().optional(),
  type: z.string().optional(),
  priority: z.string().optional(),
  labels: words.optional(),
  requires: words.optional(),
  skills: words.optional(),
  agent: z.string().nullable().optional(),
  project: z.string().nullable().optional(),
  parent: z.string().nullable().optional(),
  dependsOn: words.optional(),
  locks: z.array(lock).optional(),
  verify: words.optional(),
  isolation: z.string().optional(),
  timeoutMs: z.int().positive().nullable().optional(),
  /** The same as a duration with its unit, as on the command line. */
  timeout: duration.optional(),
  budgetUsd: money.nullable().optional(),
  maxAttempts: z.int().optional(),
  targetBranch: z.string().nullable().optional(),
});

export const ENTRY_KEYS: readonly string[] = Object.keys(entrySchema.shape);

export type CheckedEntry = TaskEntry & { readonly name: string | null };
export type EntryIssue = z.core.$ZodIssue;

export function checkEntry(value: unknown): { readonly entry: CheckedEntry } | { readonly issues: readonly EntryIssue[] } {
  const result = entrySchema.safeParse(value);
  if (!result.success) return { issues: result.error.issues };
  const { timeout, name, ...entry } = result.data;
  return { entry: { ...entry, name: name ?? null, timeoutMs: timeout ?? entry.timeoutMs } };
}
