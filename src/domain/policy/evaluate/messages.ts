import { quote } from '../../kernel/ids.js';
import type { Decision, RuleTrace } from '../decision.js';
import type { Effect } from '../effect.js';
import type { DecisionRequest } from '../request.js';
import type { Judgement } from './judge.js';

export interface Answer {
  readonly request: DecisionRequest;
  readonly judgement: Judgement;
  /** Those that decided. */
  readonly rules: readonly RuleTrace[];
  readonly considered: number;
}

/** Code, message and fix: what was decided by which rule, why, and what to do instead. */
export function describeDecision(answer: Answer): Pick<Decision, 'code' | 'message' | 'fix'> {
  const certain = answer.rules.find((rule) => rule.result === 'match');
  const rule = certain ?? answer.rules[0];
  if (rule === undefined) return describeDefault(answer);
  if (rule.effect === 'allow') return { code: 'rule-allow', message: `Allowed by ${nameOf(rule)}.`, fix: null };
  const message = `${VERBS[rule.effect]} ${subjectOf(answer, rule)} by ${nameOf(rule)}${reasonOf(rule)}${othersOf(answer)}`;
  if (rule.result === 'error') return { code: 'rule-error', message: `${message} It could not be evaluated fully (${visible(rule.when?.error ?? 'unknown')}), so it counts as a match.`, fix: ERROR_FIX };
  return { code: rule.effect === 'deny' ? 'rule-deny' : 'rule-ask', message, fix: rule.effect === 'deny' ? denyFix(rule) : askFix(rule) };
}

const VERBS: Readonly<Record<Effect, string>> = { allow: 'Allowed', ask: 'Needs an approval:', deny: 'Denied:' };
const ERROR_FIX = 'Write paths from the root of the repository and commands in plain words, without variables, substitutions and wildcards, so that the rule can tell.';

function describeDefault({ request, judgement, considered }: Answer): Pick<Decision, 'code' | 'message' | 'fix'> {
  const { effect, byDefaultOf, findings } = judgement;
  const path = findings.find((finding) => finding.effect === effect)?.path;
  const about = path === undefined ? request.point : `${request.point} of ${quote(path)}`;
  if (considered === 0 && judgement.unspoken) return { code: 'no-rule', message: `No rule and no default speaks of ${request.point}; without one it is ${PARTICIPLES[effect]}.`, fix: effect === 'allow' ? null : DEFAULT_FIXES[effect] };
  const origin = byDefaultOf === null ? 'the built-in default' : `the default of the ${byDefaultOf.layer} layer (${visible(byDefaultOf.source)})`;
  return { code: 'default', message: `No rule matches ${about}; by ${origin} it is ${PARTICIPLES[effect]}.`, fix: DEFAULT_FIXES[effect] };
}

const PARTICIPLES: Readonly<Record<Effect, string>> = { allow: 'allowed', ask: 'asked for', deny: 'denied' };
const DEFAULT_FIXES: Readonly<Record<Effect, string | null>> = {
  allow: null,
  ask: 'Wait until a person approves it, or have an allow rule written for it.',
  deny: 'Do something that a rule allows, or have an allow rule written for it.',
};

const nameOf = (rule: RuleTrace): string => `the rule ${quote(rule.id)} of the ${rule.layer} layer (${visible(rule.at)})`;
const reasonOf = (rule: RuleTrace): string => (rule.why === null ? '.' : `: ${sentence(visible(rule.why))}`);
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function subjectOf({ request, judgement }: Answer, rule: RuleTrace): string {
  if (rule.path === null) return request.point;
  const more = judgement.findingCount - 1;
  return `${request.point} of ${quote(rule.path)}${more > 0 ? ` and ${more} more` : ''}`;
}

function othersOf({ rules }: Answer): string {
  const more = rules.length - 1;
  return more > 0 ? ` ${more} more ${more === 1 ? 'rule says' : 'rules say'} the same.` : '';
}

const denyFix = (rule: RuleTrace): string => `${rule.path === null ? 'Reach the goal another way' : `Leave ${quote(rule.path)} as it is`}, or have a person change the rule at ${visible(rule.at)}.`;
const askFix = (rule: RuleTrace): string => `Wait until it is approved, or ${rule.path === null ? 'reach the goal another way' : `leave ${quote(rule.path)} as it is`}.`;

/** Text of a policy file on one line, with control and invisible characters written out. */
export const visible = (text: string): string => text.trim().replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
