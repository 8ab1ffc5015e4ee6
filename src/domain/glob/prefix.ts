import { compilePattern, type CompiledAlternative } from './compile.js';

/**
 * The leading names of a pattern that have no wildcard, folded and joined by "/"; '' when there is none. Two
 * patterns can only share a path when the prefix of one is the same as that of the other or an
 * ancestor of it (`src` of `src/auth`, '' of all), so it serves as the key of an index. Throws INVALID_GLOB.
 */
export function literalPrefix(pattern: string): string {
  const [first = [], ...others] = compilePattern(pattern, true).alternatives.map(literalNames);
  const differs = first.findIndex((name, index) => others.some((names) => names[index] !== name));
  return (differs === -1 ? first : first.slice(0, differs)).join('/');
}

function literalNames(alternative: CompiledAlternative): string[] {
  const names: string[] = [];
  for (const matcher of alternative[0] ?? []) {
    if (matcher.literal === null) break;
    names.push(matcher.literal);
  }
  return names;
}

/** A prefix and all its ancestors, from '' down to itself. */
export function prefixAncestors(prefix: string): string[] {
  if (prefix === '') return [''];
  const names = prefix.split('/');
  return ['', ...names.map((_, index) => names.slice(0, index + 1).join('/'))];
}
