import type { Rule } from '../../domain/policy/layer.js';
import { closestWord } from '../../domain/kernel/closest-word.js';
import { quote } from '../../domain/kernel/ids.js';
import type { ReadRule } from './read-rule.js';
import type { Reader } from './reader.js';

/** What is allowed to write and is a mistake more often than not. */
export function lintRules(reader: Reader, rules: readonly ReadRule[], teams: readonly string[]): void {
  for (const { rule, examples, node } of rules) {
    if (rule.effect === 'deny' && examples.length === 0) reader.warn(node, `the deny ${quote(rule.id)} has no examples`, 'Write examples: with one request that it denies and one that it does not; they are run whenever the policy is loaded.');
    if (matchesNothing(rule)) reader.warn(node, `${quote(rule.id)} can never match: except takes out all of its paths`, 'Correct paths or except, or remove the rule.');
    else if (matchesEverything(rule)) reader.warn(node, `${quote(rule.id)} matches everything at ${rule.on.join(', ')}`, 'Write agents, narrower paths or a condition, or use `defaults:`.');
    for (const team of missingTeams(rule, teams)) reader.warn(node, `${quote(rule.id)} asks the team ${quote(team)}, which this file does not have`, `Did you mean ${closestWord(team, teams) ?? team}?`);
  }
}

const matchesNothing = ({ paths, except }: Rule): boolean => paths !== null && paths.length > 0 && paths.every((path) => except.includes(path));

const EVERY_PATH: ReadonlySet<string> = new Set(['**', '**/*', '**/**']);

/** An ask or a deny for all of a point is a plain sentence; an allow for all of it, or `**` in so many words, looks like an accident. */
function matchesEverything(rule: Rule): boolean {
  const isNarrowed = [rule.agents, rule.roles, rule.labels, rule.command, rule.skills, rule.tasks, rule.when].some((value) => value !== null) || rule.except.length > 0;
  if (isNarrowed) return false;
  return rule.paths === null ? rule.effect === 'allow' : rule.paths.some((path) => EVERY_PATH.has(path));
}

/** A team may come from a layer above; one that is nearly spelled like one of this file probably does not. */
function missingTeams(rule: Rule, teams: readonly string[]): readonly string[] {
  const asked = (rule.approval?.from ?? []).filter((from) => from.startsWith('team:')).map((from) => from.slice('team:'.length));
  return asked.filter((team) => !teams.includes(team) && closestWord(team, teams) !== undefined);
}
