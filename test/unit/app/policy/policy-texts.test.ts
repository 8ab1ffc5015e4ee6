import { describe, expect, it } from 'vitest';
import { readPolicyTexts, type PolicyTextDeps } from '../../../../src/app/policy/policy-texts.js';

interface Scene {
  /** Text of `.ai/policy.yaml` in the commit; null where it has none. */
  readonly committed: string | null;
  readonly working: string | null;
  readonly mode?: string;
}

/** Files and cache that keep what they are given, and count how often git is asked. */
function scene({ committed, working, mode = 'file' }: Scene): { readonly deps: PolicyTextDeps; readonly asked: () => number } {
  const kept = new Map<string, string>();
  let asked = 0;
  const deps = {
    place: { isRepository: true },
    store: { cachedPolicy: async (key: string) => kept.get(key), cachePolicy: async (key: string, text: string) => void kept.set(key, text) },
    policyFiles: async () => ({ readGlobal: async () => null, currentCommit: async () => 'c'.repeat(40), readWorking: async (path: string) => (path === '.ai/policy.yaml' ? working : null) }),
    changes: async () => ({
      readFile: async () => {
        asked += 1;
        return committed === null ? null : { mode, text: committed, bytes: committed.length };
      },
    }),
  };
  return { deps: deps as unknown as PolicyTextDeps, asked: () => asked };
}

const ORDER = { agent: null, task: null, commit: null };

describe('the policy of the project', () => {
  it.each([
    ['of the commit wins', { committed: 'committed', working: 'working' }, ['committed']],
    ['of the commit stays when the file is gone', { committed: 'committed', working: null }, ['committed']],
    ['of the working tree counts where the commit has none', { committed: null, working: 'working' }, ['working']],
    ['that is empty in the commit is still the one that counts', { committed: '', working: 'working' }, ['']],
    ['that says what marks a missing file is text', { committed: 'none', working: 'working' }, ['none']],
    ['is none where nobody has written one', { committed: null, working: null }, []],
  ])('%s, the first time and from the cache', async (_, given, expected) => {
    const { deps, asked } = scene(given);
    for (const round of [1, 2, 3]) expect({ round, texts: (await readPolicyTexts(deps, ORDER)).map(({ text }) => text) }).toEqual({ round, texts: expected });
    expect(asked()).toBe(1);
  });

  it('may be no link', async () => {
    const { deps } = scene({ committed: '../elsewhere', working: 'working', mode: 'symlink' });
    await expect(readPolicyTexts(deps, ORDER)).rejects.toMatchObject({ code: 'INVALID_POLICY' });
  });
});
