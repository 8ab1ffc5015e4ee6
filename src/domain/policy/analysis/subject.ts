import type { Facts } from '../facts.js';
import type { Rule } from '../layer.js';
import { USUAL_FACTS } from './usual-facts.js';

/** Somebody whom all rules speak of. */
export interface ExampleSubject {
  /** null for a person. */
  readonly agent: string | null;
  readonly roles: readonly string[];
  readonly labels: readonly string[];
}

type AgentTerms = Pick<Rule, 'agents' | 'roles'>;

const EVERY_AGENT = '*';
const EVERY_PERSON = 'user:*';
const SOME_AGENT = String(USUAL_FACTS.get('agent.id')?.[0]);

/** True when somebody can fit both rules. One has one id at most, but any number of roles and labels: only ids exclude each other. */
export function agentsMeet(a: AgentTerms, b: AgentTerms): boolean {
  if (isEmpty(a.agents) || isEmpty(b.agents) || isEmpty(a.roles) || isEmpty(b.roles)) return false;
  if (a.agents === null || b.agents === null) return true;
  const { agents } = b;
  return a.agents.some((left) => agents.some((right) => selectorsMeet(left, right)));
}

function selectorsMeet(a: string, b: string): boolean {
  if (a === b || isShared(a) || isShared(b)) return true;
  return (a === EVERY_AGENT && b !== EVERY_PERSON) || (b === EVERY_AGENT && a !== EVERY_PERSON);
}

/** Somebody who fits all rules and the facts about them, where such a one is found. */
export function findSubject(rules: readonly AgentTerms[], facts: Facts): ExampleSubject | null {
  const wanted = asText(facts['agent.id']);
  const listed = rules.flatMap((rule) => rule.agents ?? []).filter((selector) => !isShared(selector) && selector !== EVERY_AGENT && selector !== EVERY_PERSON);
  const agents = wanted === null ? [...listed, SOME_AGENT, null] : [wanted];
  const agent = agents.find((id) => rules.every((rule) => rule.agents === null || rule.agents.some((selector) => isShared(selector) || fitsId(selector, id))));
  if (agent === undefined) return null;
  const selectors = rules.flatMap((rule) => (rule.agents === null || rule.agents.some((selector) => fitsId(selector, agent)) ? [] : rule.agents.filter(isShared).slice(0, 1)));
  const role = asText(facts['agent.role']);
  const roles = [...(role === null ? [] : [role]), ...selectors.flatMap((selector) => after('role:', selector)), ...rules.flatMap((rule) => rule.roles?.slice(0, 1) ?? [])];
  const labels = [...asList(facts['agent.labels']), ...selectors.flatMap((selector) => after('label:', selector))];
  return { agent, roles: [...new Set(roles)], labels: [...new Set(labels)] };
}

const fitsId = (selector: string, agent: string | null): boolean => (agent === null ? selector === EVERY_PERSON : selector === agent || selector === EVERY_AGENT);
const isShared = (selector: string): boolean => selector.startsWith('role:') || selector.startsWith('label:');
const after = (prefix: string, selector: string): readonly string[] => (selector.startsWith(prefix) ? [selector.slice(prefix.length)] : []);
const isEmpty = (list: readonly string[] | null): boolean => list?.length === 0;
export const asText = (value: Facts[keyof Facts]): string | null => (typeof value === 'string' ? value : null);
export const asList = (value: Facts[keyof Facts]): readonly string[] => (typeof value === 'object' ? value : []);
