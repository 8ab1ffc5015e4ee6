import { canonicalJson } from '../../audit/canonical-json.js';
import type { CompileCondition } from '../condition.js';
import type { Decision, DecisionCode, RuleTrace } from '../decision.js';
import type { DecisionRecord } from '../decision-record.js';
import { compilePolicy } from '../evaluate/compile-policy.js';
import { decide } from '../evaluate/decide.js';
import type { LayerName } from '../layer.js';
import type { Sha256 } from '../layers/digest.js';
import { readPolicy, readRequest } from './bodies.js';

export interface ReplayInput {
  readonly record: DecisionRecord;
  /** The stored body of the request. */
  readonly requestJson: string;
  /** The stored body of the policy, or of another one that the question is put to. */
  readonly policyJson: string;
  readonly compile: CompileCondition;
  readonly sha256: Sha256;
}

/** A rule that took part otherwise than before; null is not at all. */
export interface RuleChange {
  readonly id: string;
  readonly layer: LayerName;
  readonly was: RuleTrace | null;
  readonly is: RuleTrace | null;
}

export interface Replay {
  /**
   * `same`: byte for byte. `changed`: something differs, at least a word of the message. `outside`: the record's answer
   * came from a failing hook and not from policy, of which only the rules' part is replayed.
   */
  readonly verdict: 'same' | 'changed' | 'outside';
  readonly effectChanged: boolean;
  readonly decision: Decision;
  readonly rules: readonly RuleChange[];
  /** The bodies are those that the record names. */
  readonly ownRequest: boolean;
  readonly ownPolicy: boolean;
}

const OUTSIDE: ReadonlySet<DecisionCode> = new Set(['hook-error']);

/** Decides a recorded question again. Throws INVALID_INPUT or INVALID_POLICY when a body can't be read. */
export function replay(input: ReplayInput): Replay {
  const { record, sha256 } = input;
  const request = readRequest(input.requestJson);
  const compiled = compilePolicy(readPolicy(input.policyJson), input.compile, { sha256, points: [request.point] });
  const decision = decide(compiled, request, { trace: traceOf(record.decision) });
  const isSame = canonicalJson(decision) === canonicalJson(record.decision);
  return {
    verdict: OUTSIDE.has(record.decision.code) ? 'outside' : isSame ? 'same' : 'changed',
    effectChanged: decision.effect !== record.decision.effect,
    decision,
    rules: changesBetween(record.decision.rules, decision.rules),
    ownRequest: sha256(input.requestJson) === record.input.sha256,
    ownPolicy: sha256(input.policyJson) === record.policy.digest,
  };
}

/** A record lists rules that did not match only when all were asked for. */
const traceOf = (decision: Decision): 'matched' | 'all' => (decision.rules.some((rule) => rule.result === 'no') ? 'all' : 'matched');

function changesBetween(before: readonly RuleTrace[], after: readonly RuleTrace[]): readonly RuleChange[] {
  const [was, is] = [byName(before), byName(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [old, now] = [was.get(name) ?? null, is.get(name) ?? null];
    const rule = now ?? old;
    return rule === null || canonicalJson(old) === canonicalJson(now) ? [] : [{ id: rule.id, layer: rule.layer, was: old, is: now }];
  });
}

const byName = (rules: readonly RuleTrace[]): ReadonlyMap<string, RuleTrace> => new Map(rules.map((rule) => [`${rule.layer}:${rule.id}`, rule]));
