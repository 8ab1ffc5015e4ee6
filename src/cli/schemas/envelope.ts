import * as z from 'zod';
import { ERROR_CODES } from '../../domain/kernel/errors.js';

/** ISO 8601 in UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 });

/** The document of one thing. */
export function documentOf(kind: string, data: z.ZodType, meta: z.ZodType = z.looseObject({})): z.ZodType {
  return z.strictObject({ schemaVersion: z.literal(1), kind: z.literal(kind), data, meta, warnings: z.array(z.string()) });
}

/** The document of a list: `next` is the cursor of the next page, null on the last one. */
export function listOf(kind: string, item: z.ZodType): z.ZodType {
  return documentOf(kind, z.array(item), z.looseObject({ total: z.int().min(0), next: z.union([z.string(), z.number(), z.null()]) }));
}

/** `BUG` is no expected failure; it comes with exit code 70 and the path of a report. */
const errorCode = z.enum([...ERROR_CODES, 'BUG']);

export const errorDocument = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('error'),
  error: z.strictObject({
    code: errorCode,
    message: z.string().min(1),
    hint: z.string().nullable(),
    retryable: z.boolean(),
    details: z.record(z.string(), z.unknown()),
  }),
});
