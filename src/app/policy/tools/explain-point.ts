import { explainDecision, type Explanation } from '../../../domain/policy/evaluate/explain.js';
import { policyDigest } from '../../../domain/policy/layers/digest.js';
import type { DecisionRequest } from '../../../domain/policy/request.js';
import type { AppDeps } from '../../deps.js';
import { loadPolicy } from '../load-policy.js';
import { askQuestion, type QuestionDeps, type QuestionInput } from './questions.js';

export type ExplainDeps = QuestionDeps & Pick<AppDeps, 'sha256' | 'policyFiles' | 'changes'>;

export interface ExplainedPoint extends Explanation {
  readonly request: DecisionRequest;
  readonly policyDigest: string;
}

/** Decides a question without recording it and tells how every rule took part. Throws INVALID_POLICY, INVALID_INPUT, AGENT_NOT_FOUND, TASK_NOT_FOUND. */
export async function explainPoint(deps: ExplainDeps, input: QuestionInput): Promise<ExplainedPoint> {
  const request = await askQuestion(deps, input);
  const loaded = await loadPolicy(deps, { agent: request.subject.agent, task: request.subject.task, commit: null });
  return { request, ...explainDecision(await loaded.compileFor(request.point), request), policyDigest: policyDigest(loaded.policy, deps.sha256) };
}
