import { quote } from '../../kernel/ids.js';
import { stricter, type Effect } from '../effect.js';
import type { DecisionRequest } from '../request.js';
import type { PreparedRule } from './prepare-rule.js';
import type { Dimension } from './results.js';

const WHAT_DIFFERS: Readonly<Record<Dimension, string>> = {
  effects: 'both have the same effect',
  points: 'they apply at different points',
  agents: 'no agent is meant by both',
  tasks: 'no task type is meant by both',
  skills: 'no skill is meant by both',
  paths: 'no path is covered by both',
  command: 'no command is matched by both',
  when: 'their conditions are never true together',
  never: 'one of them can never match',
};

export const nameOf = ({ reference }: PreparedRule): string => `${reference.id} (${reference.at})`;

export const disjointSentence = (a: PreparedRule, b: PreparedRule, because: Dimension): string => `${nameOf(a)} and ${nameOf(b)} never meet: ${WHAT_DIFFERS[because]}.`;

export function conflictSentence(a: PreparedRule, b: PreparedRule, witness: DecisionRequest): string {
  const winner: Effect = stricter(a.rule.effect, b.rule.effect);
  return `${nameOf(a)} says ${a.rule.effect} and ${nameOf(b)} says ${b.rule.effect} for ${describeRequest(witness)}; ${winner} wins.`;
}

export const possibleSentence = (a: PreparedRule, b: PreparedRule): string =>
  `${nameOf(a)} says ${a.rule.effect} and ${nameOf(b)} says ${b.rule.effect}, and they may meet: their conditions could not be told apart, nor was a request found that matches both.`;

/** `path.write src/x.ts by claude`. */
export function describeRequest(request: DecisionRequest): string {
  const [path] = request.paths;
  const what = path?.path ?? request.command?.text ?? (request.point === 'skill.run' ? request.skills[0] : undefined);
  return `${request.point}${what === undefined ? '' : ` ${quote(what)}`}${request.subject.agent === null ? '' : ` by ${request.subject.agent}`}`;
}
