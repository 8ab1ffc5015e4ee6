import type * as z from 'zod';
import { AGENT_KINDS, AUDIT_KINDS, HOOKS_KINDS, POLICY_KINDS, SUBTASK_KINDS, TASK_KINDS } from './kind-names.js';

/** A published schema: of the whole document, or of a thing that documents contain. */
type Load = () => Promise<z.ZodType>;

/** Every kind of document that `--json` prints. Tests validate real output against these. */
export const kinds: Readonly<Record<string, Load>> = {
  error: async () => (await import('./envelope.js')).errorDocument,
  help: async () => (await import('./project.js')).helpDocument,
  version: async () => (await import('./project.js')).versionDocument,
  init: async () => (await import('./project.js')).initDocument,
  status: async () => (await import('./project.js')).statusDocument,
  doctor: async () => (await import('./project.js')).doctorDocument,
  demo: async () => (await import('./project.js')).demoDocument,
  schema: async () => (await import('./project.js')).schemaDocument,
  'schema.list': async () => (await import('./project.js')).schemaListDocument,
  ...each(TASK_KINDS, async (kind) => (await import('./task.js')).taskSchemas[kind]),
  ...each(SUBTASK_KINDS, async (kind) => (await import('./subtask.js')).subtaskSchemas[kind]),
  ...each(AGENT_KINDS, async (kind) => (await import('./agent.js')).agentSchemas[kind]),
  ...each(AUDIT_KINDS, async (kind) => (await import('./audit.js')).auditSchemas[kind]),
  ...each(HOOKS_KINDS, async (kind) => (await import('./hooks.js')).hooksSchemas[kind]),
  ...each(POLICY_KINDS, async (kind) => (await import('./policy.js')).policySchemas[kind]),
};

function each<Kind extends string>(names: readonly Kind[], load: (kind: Kind) => Promise<z.ZodType>): Readonly<Record<string, Load>> {
  return Object.fromEntries(names.map((kind) => [kind, () => load(kind)]));
}
