import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from './context.js';

/** What the user ignores in every repository (`core.excludesFile`), as it is before the agent starts. */
export async function globalRules(context: Context): Promise<Buffer> {
  const configured = (await context.facts())?.config.get('core.excludesfile');
  const file = configured?.replace(/^~\//, `${context.home ?? '~'}/`) ?? context.globalIgnoreFile;
  if (file === null || !path.isAbsolute(file)) return Buffer.alloc(0);
  try {
    return await readFile(file);
  } catch {
    // Most people have none.
    return Buffer.alloc(0);
  }
}
