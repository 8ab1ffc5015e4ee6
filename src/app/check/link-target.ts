import { comparisonKey } from '../../domain/glob/comparison-key.js';

/**
 * Why a symbolic link at `path` may lead out of the tree that is checked, or null when it surely stays inside. Read from
 * the text of the link alone. Backslashes count as slashes too, since some systems take them so.
 */
export function whyLinkLeaves(path: string, target: string | null): string | null {
  if (target === null) return 'its target is too long to be read';
  if (target === '') return 'its target is empty';
  if (target.includes('\0') || target.includes('\ufffd')) return 'its target is not readable text';
  return whyLeaves(path, target) ?? (target.includes('\\') ? whyLeaves(path, target.replaceAll('\\', '/')) : null);
}

function whyLeaves(path: string, target: string): string | null {
  if (target.startsWith('/') || /^[A-Za-z]:/.test(target)) return 'its target is an absolute path';
  const folder = path.split('/').slice(0, -1);
  let named = false;
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') {
      folder.push(part);
      named = true;
      continue;
    }
    // Where `a/..` leads depends on what `a` is when the link is followed.
    if (named) return 'its target goes into a folder and back out of it (NAME/..), which leads wherever NAME leads';
    if (folder.pop() === undefined) return 'its target lies above the repository';
  }
  return comparisonKey(folder[0] ?? '', true) === '.git' ? 'its target lies in .git, which is no part of the tree' : null;
}
