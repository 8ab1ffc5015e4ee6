import { canonicalJson } from '../../audit/canonical-json.js';
import type { Decision } from '../decision.js';
import type { FactName } from '../facts.js';
import type { LayerName } from '../layer.js';
import type { Sha256 } from '../layers/digest.js';
import type { DecisionRequest, RequestPath } from '../request.js';

export interface ActionInput {
  readonly request: DecisionRequest;
  readonly policyDigest: string;
  /** The rules that ask, none when a default does. */
  readonly rules: readonly { readonly id: string; readonly layer: LayerName }[];
}

/** Facts that differ from one attempt at an action to the next one at the same action. */
const PASSING: ReadonlySet<FactName> = new Set(['task.attempt', 'run.id', 'run.unattended', 'run.minutes', 'run.costUsd', 'run.toolCalls', 'run.verified', 'cost.dayUsd', 'now.hour', 'now.weekday']);

/**
 * Names what an approval is for: who (agent, roles, labels, user, task), the action, the resource with its digest, all
 * arguments, the policy and the rules that ask. Session, run and the id of the tool call are not part of it, nor are the
 * clock and what a run has used so far: the action is tried again in another run after somebody has approved it.
 * Throws a TypeError when the request has no canonical JSON (a lone surrogate).
 */
export function actionDigest(action: ActionInput, sha256: Sha256): string {
  const { request } = action;
  const { agent, roles, labels, user, task } = request.subject;
  return sha256(
    canonicalJson({
      v: 1,
      point: request.point,
      subject: { agent, roles: sorted(roles), labels: sorted(labels), user, task },
      action: { name: request.action.name, tool: request.action.tool },
      resource: request.resource,
      paths: request.paths.map(pathText).sort(),
      command: request.command?.text ?? null,
      skills: sorted(request.skills),
      taskType: request.taskType,
      taskLabels: sorted(request.taskLabels),
      facts: Object.fromEntries(Object.entries(request.facts).filter(([name]) => !PASSING.has(name as FactName))),
      policy: action.policyDigest,
      rules: action.rules.map((rule) => `${rule.layer}:${rule.id}`).sort(),
    }),
  );
}

/** The rules that made a decision an ask, also when it was approved since. */
export const askingRules = (decision: Decision): readonly { readonly id: string; readonly layer: LayerName; readonly why: string | null }[] =>
  decision.rules.filter((rule) => rule.effect === 'ask' && rule.decisive).map(({ id, layer, why }) => ({ id, layer, why }));

const sorted = (values: readonly string[]): readonly string[] => [...values].sort();
const pathText = ({ path, kind, mode }: RequestPath): string => canonicalJson([path, kind, mode]);
