import type { InitialisedPolicy } from '../../app/policy/tools/init-policy.js';
import type { Answer } from '../io.js';
import { count } from './format.js';

export function presentInit({ pack, packs, path, text, rules }: InitialisedPolicy): Answer {
  return {
    kind: 'policy.init',
    data: { pack, packs, path, rules, text: path === null ? text : null },
    text: ({ style }) => (path === null ? text.trimEnd() : `${style.green('✓')} ${path} written from the pack ${pack}, with ${count(rules, 'rule')}.\n${style.dim(`next: read it, then git add ${path} && git commit -m "Add a policy"   (agents are judged by the committed one)`)}`),
  };
}
