import type * as z from 'zod';

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
  schema: async () => (await import('./project.js')).schemaDocument,
  'schema.list': async () => (await import('./project.js')).schemaListDocument,
};
