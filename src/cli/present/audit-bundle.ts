import type { NotedCommit } from '../../app/audit/evidence.js';
import type { ExportedBundle, ExportFormat } from '../../app/audit/export-audit.js';
import type { BundleVerdict } from '../../app/audit/verify-bundle.js';
import { escapeLine } from '../escape.js';
import type { Answer } from '../io.js';
import { byteSize, count, shellWord, shortDigest } from './format.js';

export function presentExported(bundle: ExportedBundle, format: ExportFormat): Answer {
  const { folder, events, size, bytes, verifierKey } = bundle;
  return {
    kind: 'audit.export',
    data: { path: folder, bundle: true, format, origin: bundle.origin, events, size, bytes, verifierKey },
    text: ({ style }) =>
      [
        `${style.green('✓')} ${count(events, 'event')} of a log of ${size}, ${byteSize(bytes)}, in ${escapeLine(folder)}`,
        `Check it anywhere: ${style.bold(escapeLine(`node ${shellWord(`${folder}/verify.mjs`)}`))}`,
        style.dim(`Tell the key to whoever checks it, by another way: ${verifierKey}`),
      ].join('\n'),
  };
}

export function presentExportedFile({ file, bytes, format }: { readonly file: string; readonly bytes: number; readonly format: ExportFormat }): Answer {
  return {
    kind: 'audit.export',
    data: { path: file, bundle: false, format, origin: null, events: null, size: null, bytes, verifierKey: null },
    text: ({ style }) => `${style.green('✓')} ${byteSize(bytes)} in ${escapeLine(file)}\n${style.dim('A file holds no proofs; a folder does: ai audit export --out DIR')}`,
  };
}

export function presentNoted(noted: readonly NotedCommit[]): Answer {
  return {
    kind: 'audit.notes',
    data: noted.map(({ commit, added }) => ({ commit, added })),
    text: ({ style }) => {
      if (noted.length === 0) return `No commit of this task has landed yet, so there is nothing to attach notes to.  ${style.dim('ai task merge ID')}`;
      const lines = noted.map(({ commit, added }) => `${style.green('✓')} ${shortDigest(commit)}  ${added === 0 ? 'has its evidence already' : `${count(added, 'statement')} attached`}`);
      return [...lines, style.dim('git log --notes=ai; push them with: git push origin refs/notes/ai')].join('\n');
    },
  };
}

/** A bundle that does not hold is an answer, exit code 1. */
export function presentBundleVerdict(verdict: BundleVerdict, folder: string): Answer {
  const { ok, events, size, whole, withheld, statements, keyFrom, verifierKey, problem } = verdict;
  return {
    kind: 'audit.verify-bundle',
    data: { path: folder, ...verdict },
    exitCode: ok ? undefined : 1,
    text: ({ style }) => {
      if (!ok) return `${style.red('✗')} This bundle does not hold: ${escapeLine(problem ?? '')}.`;
      const what = whole ? `${count(events, 'event')}: the whole log up to its checkpoint` : `${count(events, 'event')}, each proven to be in a log of ${size ?? 0}; that nothing was left out of the selection is not proven`;
      return [
        `${style.green('✓')} ${what}.`,
        ...(withheld > 0 ? [style.dim(`${count(withheld, 'event')} withheld: only the hash is here`)] : []),
        ...(statements > 0 ? [style.dim(`${count(statements, 'statement')}, all signed`)] : []),
        keyFrom === 'bundle' ? `${style.yellow('!')} The key comes with the bundle. Compare it with the one that you were told: ${escapeLine(verifierKey ?? '')}` : style.dim(`signed by ${escapeLine(verifierKey ?? '')} (${keyFrom})`),
      ].join('\n');
    },
  };
}
