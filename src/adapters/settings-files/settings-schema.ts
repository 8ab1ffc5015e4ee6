import * as z from 'zod';
import { parseDurationMs } from '../../domain/kernel/duration.js';
import { isAiError } from '../../domain/kernel/errors.js';
import { parseAgentId } from '../../domain/kernel/ids.js';
import { LIMITS } from '../../domain/kernel/limits.js';
import { LEASE_LIMITS } from '../../domain/lease/lease.js';
import { parseCommands } from '../../domain/task/task-input.js';
import { ISOLATIONS } from '../../domain/task/task.js';
import type { SettingsLayer } from './layer.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, kib: 1024, m: 1024 ** 2, mib: 1024 ** 2, g: 1024 ** 3, gib: 1024 ** 3 };
const SIZE = /^(\d{1,12})\s*(k|kib|m|mib|g|gib)?$/i;
const MAX_BRANCH_CHARACTERS = 255;

/** A check of the domain as a transformation: its complaint becomes the complaint about this key. */
function checkedBy<In, Out>(parse: (value: In) => Out) {
  return (value: In, context: z.RefinementCtx): Out => {
    try {
      return parse(value);
    } catch (error) {
      if (!isAiError(error)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

const duration = z.string('write a duration such as 90s, 15m or 1h30m').transform(checkedBy(parseDurationMs));

const leaseTtl = duration.refine((ms) => ms >= LEASE_LIMITS.minTtlMs && ms <= LEASE_LIMITS.maxTtlMs, 'a lease lasts from 1s to 7d');

const size = z.union([z.int(), z.string()], 'write a number of bytes, or a size such as 256MiB').transform((value, context) => {
  const match = SIZE.exec(String(value).trim());
  const bytes = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: 'write a number of bytes, or a size such as 256MiB' });
  return z.NEVER;
});

const relativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.includes('\0') && !path.split(/[/\\]/).includes('..'), 'write a path relative to the root, without ".."');

/** Keys as people write them: those of `Settings` without the unit, because the value carries it. */
const settingsSchema = z.strictObject({
  task: z
    .strictObject({
      maxAttempts: z.int().min(1).max(LIMITS.maxAttempts),
      isolation: z.enum(ISOLATIONS).nullable(),
      targetBranch: z.string().min(1).max(MAX_BRANCH_CHARACTERS).nullable(),
    })
    .partial(),
  lease: z.strictObject({ ttl: leaseTtl }).partial(),
  execution: z
    .strictObject({
      agent: z.string().transform(checkedBy(parseAgentId)).nullable(),
      timeout: duration,
      stallTimeout: duration,
      verifyTimeout: duration,
      interrupt: duration,
      sigint: duration,
      sigterm: duration,
      maxOutput: size,
      setup: z.array(z.string()).transform(checkedBy(parseCommands)),
      copyFiles: z.array(relativePath),
    })
    .partial(),
});

const fileSchema = settingsSchema.partial();

/** Every key, as a dotted path; for suggestions. */
export function knownKeys(section: readonly PropertyKey[]): readonly string[] {
  const [name] = section;
  if (name === undefined) return Object.keys(settingsSchema.shape);
  const found = Object.entries(settingsSchema.shape).find(([key]) => key === name);
  return found === undefined ? [] : Object.keys(found[1].shape);
}

export type SettingsIssue = z.core.$ZodIssue;

/** Checks a parsed file and converts it to the names and units of `Settings`. */
export function checkSettings(content: unknown): { readonly layer: SettingsLayer } | { readonly issues: readonly SettingsIssue[] } {
  const result = fileSchema.safeParse(content);
  return result.success ? { layer: toLayer(result.data) } : { issues: result.error.issues };
}

const IN_MS = new Set(['ttl', 'timeout', 'stallTimeout', 'verifyTimeout', 'interrupt', 'sigint', 'sigterm']);

function toLayer(file: z.output<typeof fileSchema>): SettingsLayer {
  const renamed = Object.entries(file).map(([section, keys]) => [section, Object.fromEntries(Object.entries(keys ?? {}).map(([key, value]) => [settingName(key), value]))]);
  // The schema has the keys of Settings less their unit, and settingName puts the unit back; a test compares the two.
  return Object.fromEntries(renamed) as SettingsLayer;
}

/** `ttl` is kept as `ttlMs`, `maxOutput` as `maxOutputBytes`. */
export function settingName(key: string): string {
  if (IN_MS.has(key)) return `${key}Ms`;
  return key === 'maxOutput' ? 'maxOutputBytes' : key;
}
