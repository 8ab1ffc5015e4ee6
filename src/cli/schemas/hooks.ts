import * as z from 'zod';
import { documentOf } from './envelope.js';
import type { HooksKind } from './kind-names.js';

const hook = z.strictObject({
  name: z.enum(['pre-commit', 'pre-push']),
  file: z.string(),
  state: z.enum(['absent', 'installed', 'outdated', 'changed', 'foreign', 'managed']),
  kept: z.string().nullable(),
});

const change = hook.extend({
  action: z.enum(['installed', 'updated', 'unchanged', 'manual', 'removed', 'restored', 'left']),
  snippet: z.strictObject({ file: z.string(), text: z.string() }).nullable(),
  reason: z.string().nullable(),
});

const changes = z.strictObject({ folder: z.string(), manager: z.string().nullable(), dryRun: z.boolean(), hooks: z.array(change) });

export const hooksSchemas: Readonly<Record<HooksKind, z.ZodType>> = {
  'hooks.install': documentOf('hooks.install', changes),
  'hooks.uninstall': documentOf('hooks.uninstall', changes),
  'hooks.status': documentOf('hooks.status', z.strictObject({ folder: z.string(), belongsTo: z.enum(['git', 'tree', 'outside']), manager: z.string().nullable(), hooks: z.array(hook) })),
};
