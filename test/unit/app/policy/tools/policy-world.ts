import path from 'node:path';
import type { AppDeps } from '../../../../../src/app/deps.js';
import { enforce, type Enforced } from '../../../../../src/app/policy/enforce.js';
import { loadPolicy } from '../../../../../src/app/policy/load-policy.js';
import { askQuestion, type QuestionInput } from '../../../../../src/app/policy/tools/questions.js';
import { openDeps } from '../../../../../src/composition/open-deps.js';
import { parseAgentId } from '../../../../../src/domain/kernel/ids.js';
import { DEFAULT_SETTINGS } from '../../../../../src/domain/settings/settings.js';
import { temporaryRepository, type Files, type TemporaryRepository } from '../../../../support/temporary-repository.js';

/** A real repository with a real control plane in it, as the use cases see it. */
export interface PolicyWorld {
  readonly repository: TemporaryRepository;
  readonly deps: AppDeps;
  /** Asks in earnest: what is decided is recorded. */
  readonly decideNow: (question: Partial<QuestionInput> & { readonly point: string }) => Promise<Enforced | null>;
  readonly close: () => void;
}

export const POLICY = '.ai/policy.yaml';

export async function createPolicyWorld(files: Files, environment: Readonly<Record<string, string>> = {}): Promise<PolicyWorld> {
  const repository = temporaryRepository();
  repository.write({ '.ai/.gitignore': 'state.db*\n' });
  repository.commit({ 'src/app.ts': 'x\n', 'src/billing/tax.ts': 'x\n', ...files });
  const place = { root: repository.root, aiFolder: path.join(repository.root, '.ai'), currentBranch: 'main', isRepository: true };
  const opened = await openDeps({ environment: { ...repository.environment, ...environment }, selfArgv: [] }, { place, settings: DEFAULT_SETTINGS, create: true });
  const deps: AppDeps = environment['AI_AGENT_ID'] === undefined ? { ...opened, actor: 'user:anna' } : opened;
  await deps.store.registerAgent({ id: parseAgentId('coder'), connector: 'command', role: 'coder', model: null, labels: [], capabilities: [], concurrency: 1, argv: ['true'], env: [] });
  return {
    repository,
    deps,
    async decideNow(question) {
      const request = await askQuestion(deps, { agent: 'coder', task: null, paths: [], command: null, skill: null, facts: [], ...question });
      return enforce(deps, await loadPolicy(deps, { agent: request.subject.agent, task: null, commit: null }), { request });
    },
    close() {
      deps.store.close();
      repository.close();
    },
  };
}
