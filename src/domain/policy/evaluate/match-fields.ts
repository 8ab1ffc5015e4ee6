import type { Rule } from '../layer.js';
import type { DecisionRequest, Subject } from '../request.js';

export type RuleField = 'agents' | 'roles' | 'labels' | 'skills' | 'tasks' | 'paths' | 'command' | 'when';

/** A field that does not fit: what the rule wants, and what the request has. */
export interface Misfit {
  readonly field: RuleField;
  readonly wanted: string;
  readonly had: string;
}

interface ListField {
  readonly field: RuleField;
  readonly wanted: (rule: Rule) => readonly string[] | null;
  readonly had: (request: DecisionRequest) => readonly string[];
  readonly fits: (wanted: readonly string[], request: DecisionRequest) => boolean;
}

const oneOf = (had: (request: DecisionRequest) => readonly string[]): ListField['fits'] => (wanted, request) => had(request).some((value) => wanted.includes(value));
const taskTypes = (request: DecisionRequest): readonly string[] => (request.taskType === null ? [] : [request.taskType]);
const subjectNames = ({ subject }: DecisionRequest): readonly string[] => [subject.agent ?? `user:${subject.user}`, ...subject.roles.map((role) => `role:${role}`), ...subject.labels.map((label) => `label:${label}`)];

/** Fields whose answer is the same for every path of a request, cheapest first. */
const LIST_FIELDS: readonly ListField[] = [
  { field: 'agents', wanted: (rule) => rule.agents, had: subjectNames, fits: (wanted, request) => wanted.some((entry) => namesSubject(entry, request.subject)) },
  { field: 'roles', wanted: (rule) => rule.roles, had: (request) => request.subject.roles, fits: oneOf((request) => request.subject.roles) },
  { field: 'labels', wanted: (rule) => rule.labels, had: (request) => request.taskLabels, fits: oneOf((request) => request.taskLabels) },
  { field: 'skills', wanted: (rule) => rule.skills, had: (request) => request.skills, fits: oneOf((request) => request.skills) },
  { field: 'tasks', wanted: (rule) => rule.tasks, had: taskTypes, fits: oneOf(taskTypes) },
];

/**
 * `*` is every agent and no person, `user:*` is every person and no agent; otherwise an agent's id, `role:NAME`,
 * `label:NAME`. Ids have no colon and no star, so that neither form can be mistaken for one.
 */
function namesSubject(entry: string, subject: Subject): boolean {
  if (entry === '*') return subject.agent !== null;
  if (entry === 'user:*') return subject.agent === null;
  if (entry.startsWith('role:')) return subject.roles.includes(entry.slice('role:'.length));
  if (entry.startsWith('label:')) return subject.labels.includes(entry.slice('label:'.length));
  return subject.agent === entry;
}

export function fitsListFields(rule: Rule, request: DecisionRequest): boolean {
  return LIST_FIELDS.every((field) => {
    const wanted = field.wanted(rule);
    return wanted === null || field.fits(wanted, request);
  });
}

/** Every list field that does not fit. */
export function listMisfits(rule: Rule, request: DecisionRequest): readonly Misfit[] {
  return LIST_FIELDS.flatMap((field) => {
    const wanted = field.wanted(rule);
    return wanted === null || field.fits(wanted, request) ? [] : [{ field: field.field, wanted: list(wanted), had: list(field.had(request)) }];
  });
}

export const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));
