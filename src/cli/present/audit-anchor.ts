import type { Anchored } from '../../app/audit/anchor.js';
import type { PublicKey } from '../../app/audit/public-key.js';
import { escapeLine } from '../escape.js';
import type { Answer } from '../io.js';
import { count, shortDigest } from './format.js';

export function presentAnchored(anchored: Anchored): Answer {
  const { ref, commit, size, isNew, pushed } = anchored;
  return {
    kind: 'audit.anchor',
    data: { ...anchored },
    text: ({ style }) =>
      [
        `${style.green('✓')} ${isNew ? 'Anchored' : 'Already anchored:'} ${count(size, 'event')} at ${ref} ${shortDigest(commit)}${pushed === null ? '' : `, pushed to ${escapeLine(pushed)}`}.`,
        ...(pushed === null ? [style.dim('Only a pushed anchor is out of reach of whoever owns this machine: ai audit anchor --push origin')] : []),
      ].join('\n'),
  };
}

export function presentKey({ origin, verifierKey, folder }: PublicKey): Answer {
  return {
    kind: 'audit.key',
    data: { origin, verifierKey, folder },
    text: ({ style }) => `${verifierKey}\n${style.dim(`The private part is in ${escapeLine(folder)}: keep a copy of it, and keep agents away from it.`)}`,
  };
}
