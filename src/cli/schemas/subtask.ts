import * as z from 'zod';
import { documentOf, listOf, time } from './envelope.js';
import type { SubtaskKind } from './kind-names.js';

export const subtask = z.strictObject({ id: z.string(), task: z.string(), title: z.string(), done: z.boolean(), createdAt: time, completedAt: time.nullable() });

export const subtaskSchemas: Readonly<Record<SubtaskKind, z.ZodType>> = {
  subtask,
  'subtask.add': documentOf('subtask.add', subtask),
  'subtask.list': listOf('subtask.list', subtask),
  'subtask.complete': documentOf('subtask.complete', subtask),
  'subtask.delete': documentOf('subtask.delete', z.strictObject({ id: z.string() })),
};
