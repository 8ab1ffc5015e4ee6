import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * The compiled half of better-sqlite3. Naming it spares the probing of a dozen paths that the package
 * does by itself, about a fifth of the start of a cold command. Works from src/ and from the bundle in dist/.
 */
export function nativeBindingPath(): string {
  const manifest = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  return path.join(path.dirname(manifest), 'build', 'Release', 'better_sqlite3.node');
}
