import type { CheckFinding, CheckWarning } from '../../domain/report/check-report.js';
import type { Change, ChangeSet, ChangeSource } from '../../ports/change-source.js';
import type { Findings } from './findings.js';
import { whyLinkLeaves } from './link-target.js';
import { findCollisions } from './path-collisions.js';

/** What is wrong with a tree whatever the policy says. */
export async function addTreeFindings(source: ChangeSource, set: ChangeSet, findings: Findings): Promise<void> {
  for (const change of set.changes) addLinkFinding(change, findings);
  const added = set.changes.filter((change) => change.kind === 'added' || (change.kind === null && change.after !== null)).map((change) => change.path);
  if (added.length === 0) return;
  const all = await source.listPaths(set.head === null ? 'index' : { commit: set.head });
  for (const { path, other } of findCollisions(withoutUnreadable(added), withoutUnreadable(all))) findings.add('deny', { ...OWN, rule: 'paths-collide', path, message: `${path} and ${other} are one and the same on a disk that ignores case or the form of accents.`, fix: 'Rename one of them: git mv.' });
}

const OWN = { layer: null, at: null, points: ['commit'], commit: null, why: null } as const satisfies Partial<CheckFinding>;

function addLinkFinding({ path, kind, after, target }: Change, findings: Findings): void {
  if (after?.mode !== 'symlink' || kind === null) return;
  const why = whyLinkLeaves(path, target);
  if (why !== null) findings.add('deny', { ...OWN, rule: 'symlink-leaves-repository', path, message: `${path} is a symbolic link that may lead out of the repository: ${why}.`, fix: 'Point the link at a path inside the repository, relative to the link, or commit a copy instead.' });
}

/** Names in other encodings look alike as text without being so; and no disk that folds names accepts them. */
const withoutUnreadable = (paths: readonly string[]): readonly string[] => paths.filter((path) => !path.includes('\ufffd'));

/** What the check could not look into. */
export function treeWarnings(set: ChangeSet): CheckWarning[] {
  return set.changes.flatMap((change) => [...submoduleWarning(change), ...encodingWarning(change)]);
}

function submoduleWarning({ path, after }: Change): CheckWarning[] {
  return after?.mode === 'submodule' ? [{ code: 'submodule-not-read', path, message: `${path} is a submodule: that it moved was checked, what is in it was not.` }] : [];
}

function encodingWarning({ path }: Change): CheckWarning[] {
  return path.includes('\ufffd') ? [{ code: 'path-not-utf8', path, message: `${path} has a name that is not UTF-8; patterns see U+FFFD in place of each such byte.` }] : [];
}
