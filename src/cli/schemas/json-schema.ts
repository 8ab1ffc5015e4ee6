import * as z from 'zod';

/** The published form: JSON Schema, draft 2020-12. */
export function toJsonSchema(kind: string, schema: z.ZodType): Record<string, unknown> {
  return { title: kind, ...z.toJSONSchema(schema, { target: 'draft-2020-12' }) };
}
