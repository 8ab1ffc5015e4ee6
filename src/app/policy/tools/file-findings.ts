import { closestWord } from '../../../domain/kernel/closest-word.js';
import { findPathsWithoutFiles } from '../../../domain/policy/analysis/find-conflicts.js';
import { emptyLayer, ENGINE, type Rule } from '../../../domain/policy/layer.js';
import { PATH_POINTS } from '../../../domain/policy/point.js';
import type { PolicyProblemNote } from '../../../ports/policy-files.js';
import type { Evaluator } from './evaluator.js';

const SHOWN_PATTERNS = 3;

/**
 * Rules whose paths are probably mistyped: none of them covers a tracked file, or one of them is nearly spelled like something
 * that exists. A pattern that begins with `**` guards what may come anywhere, and is never held against its rule.
 */
export function findMistypedPaths(evaluator: Evaluator, files: readonly string[]): readonly PolicyProblemNote[] {
  const names = namesByFolder(files);
  const rules = evaluator.policy.layers.filter(({ layer }) => layer !== 'builtin').flatMap((layer) => layer.rules);
  return rules.filter((rule) => rule.paths !== null && rule.on.some((point) => PATH_POINTS.has(point))).flatMap((rule) => notesOf(rule, { evaluator, files, names }));
}

interface Known {
  readonly evaluator: Evaluator;
  readonly files: readonly string[];
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

function notesOf(rule: Rule, known: Known): PolicyProblemNote[] {
  const patterns = rule.paths ?? [];
  const placed = patterns.filter((pattern) => !pattern.startsWith('**'));
  const empty = placed.filter((pattern) => coversNothing(rule, pattern, known));
  const mistyped = empty.flatMap((pattern) => {
    const meant = nearName(pattern, known.names);
    return meant === null ? [] : [{ at: rule.at, message: `${pattern} of ${rule.id} covers no tracked file`, hint: `Did you mean ${meant}?` }];
  });
  if (mistyped.length > 0 || empty.length < patterns.length) return mistyped;
  const more = empty.length - SHOWN_PATTERNS;
  return [{ at: rule.at, message: `${rule.id} covers no tracked file: ${empty.slice(0, SHOWN_PATTERNS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`, hint: 'Check the spelling; it may also be for files that are yet to come.' }];
}

function coversNothing(rule: Rule, pattern: string, { evaluator, files }: Known): boolean {
  const alone = { ...rule, paths: [pattern], except: [], when: null };
  return findPathsWithoutFiles({ engine: ENGINE, layers: [{ ...emptyLayer('project', 'one pattern'), rules: [alone] }] }, evaluator, files).length > 0;
}

/** The pattern as it was probably meant: its first name that does not exist, replaced by a neighbour that does. */
function nearName(pattern: string, names: Known['names']): string | null {
  const parts = pattern.split('/');
  for (const [index, part] of parts.entries()) {
    if (/[*?[\]{}]/.test(part)) return null;
    const siblings = names.get(parts.slice(0, index).join('/'));
    if (siblings === undefined) return null;
    if (siblings.has(part)) continue;
    const meant = closestWord(part, [...siblings]);
    return meant === undefined ? null : [...parts.slice(0, index), meant, ...parts.slice(index + 1)].join('/');
  }
  return null;
}

function namesByFolder(files: readonly string[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const file of files) {
    const parts = file.split('/');
    parts.forEach((part, index) => {
      const folder = parts.slice(0, index).join('/');
      const known = names.get(folder);
      if (known === undefined) names.set(folder, new Set([part]));
      else known.add(part);
    });
  }
  return names;
}
