import { findOverlap } from '../../glob/overlap.js';
import type { DecisionRequest } from '../request.js';
import type { CompiledRule } from './compiled-rule.js';
import { factChanges } from './fact-changes.js';
import type { Misfit } from './match-fields.js';
import { pathsOf, type RuleState } from './rule-state.js';

/** A request that differs from another one in a single field or fact. */
export interface RequestChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly request: DecisionRequest;
}

/** How many changes are tried: each costs a decision. */
export const CHANGES_LIMIT = 64;

export interface RuleMisfits {
  readonly state: RuleState;
  readonly misfits: readonly Misfit[];
}

/** Changes that might change the decision, the least intrusive first: facts, what a rule matched, what one rule misses. */
export function requestChanges(rules: readonly RuleMisfits[], request: DecisionRequest): readonly RequestChange[] {
  const near = rules.filter(({ misfits }) => misfits.length <= 1);
  const changes = [
    ...near.flatMap(({ state }) => changesOfFacts(state, request)),
    ...near.filter(({ misfits }) => misfits.length === 0).flatMap(({ state }) => changesAway(state, request)),
    ...near.flatMap(({ state, misfits: [only] }) => (only === undefined ? [] : changesTowards(state, only, request))),
  ];
  return changes.slice(0, CHANGES_LIMIT);
}

function changesOfFacts({ compiled }: RuleState, request: DecisionRequest): readonly RequestChange[] {
  if (compiled.condition.kind !== 'ready') return [];
  return factChanges(compiled.condition.condition.expression, request.facts).map(({ name, value }) => ({
    field: name,
    from: JSON.stringify(request.facts[name] ?? null),
    to: JSON.stringify(value),
    request: { ...request, facts: { ...request.facts, [name]: value } },
  }));
}

interface Removal {
  readonly field: string;
  readonly values: readonly string[];
  readonly wanted: readonly string[];
  readonly change: (rest: readonly string[]) => DecisionRequest;
}

/** Takes away what a list field of the rule fits. */
function changesAway({ compiled: { rule } }: RuleState, request: DecisionRequest): readonly RequestChange[] {
  const { subject } = request;
  const roles = [...(rule.roles ?? []), ...(rule.agents ?? []).filter((entry) => entry.startsWith('role:')).map((entry) => entry.slice('role:'.length))];
  const removals: readonly Removal[] = [
    { field: 'labels', values: request.taskLabels, wanted: rule.labels ?? [], change: (taskLabels) => ({ ...request, taskLabels }) },
    { field: 'tasks', values: request.taskType === null ? [] : [request.taskType], wanted: rule.tasks ?? [], change: () => ({ ...request, taskType: null }) },
    { field: 'skills', values: request.skills, wanted: rule.skills ?? [], change: (skills) => ({ ...request, skills }) },
    { field: 'roles', values: subject.roles, wanted: roles, change: (rest) => ({ ...request, subject: { ...subject, roles: rest } }) },
  ];
  return removals.flatMap(({ field, values, wanted, change }) => {
    const rest = values.filter((value) => !wanted.includes(value));
    return rest.length === values.length ? [] : [{ field, from: values.join(', '), to: rest.join(', ') || 'none', request: change(rest) }];
  });
}

type Addition = (rule: CompiledRule, request: DecisionRequest) => readonly (readonly [to: string, changed: DecisionRequest])[];

/** Gives a rule the one thing that it misses. */
const ADDITIONS: Readonly<Record<Misfit['field'], Addition>> = {
  labels: ({ rule }, request) => first(rule.labels).map((label) => [label, { ...request, taskLabels: [...request.taskLabels, label] }]),
  tasks: ({ rule }, request) => first(rule.tasks).map((type) => [type, { ...request, taskType: type }]),
  skills: ({ rule }, request) => first(rule.skills).map((skill) => [skill, { ...request, skills: [...request.skills, skill] }]),
  roles: ({ rule }, request) => first(rule.roles).map((role) => [role, { ...request, subject: { ...request.subject, roles: [...request.subject.roles, role] } }]),
  agents: ({ rule }, request) => (rule.agents ?? []).flatMap((entry) => subjectLike(entry, request)).slice(0, 1),
  paths: (rule, request) => pathWithin(rule).map((path) => [path, withPath(request, path)]),
  command: ({ rule }, request) => (rule.command === null ? [] : [withCommand(request, [...rule.command.starts, ...rule.command.any.slice(0, 1)])]),
  when: () => [],
};

function changesTowards({ compiled }: RuleState, misfit: Misfit, request: DecisionRequest): readonly RequestChange[] {
  return ADDITIONS[misfit.field](compiled, request).map(([to, changed]) => ({ field: misfit.field, from: misfit.had, to, request: changed }));
}

const first = (values: readonly string[] | null): readonly string[] => (values ?? []).slice(0, 1);

function withPath(request: DecisionRequest, path: string): DecisionRequest {
  const [only, ...others] = pathsOf(request);
  return { ...request, paths: [others.length === 0 && only !== undefined ? { ...only, path } : { path, kind: null, mode: null }] };
}

function withCommand(request: DecisionRequest, words: readonly string[]): readonly [string, DecisionRequest] {
  const text = words.join(' ');
  return [text, { ...request, command: { kind: 'plain', text, commands: [{ words, writes: [] }] } }];
}

function subjectLike(entry: string, request: DecisionRequest): readonly (readonly [string, DecisionRequest])[] {
  const { subject } = request;
  if (entry === '*' || entry === 'user:*') return [];
  if (entry.startsWith('role:')) return [[entry, { ...request, subject: { ...subject, roles: [...subject.roles, entry.slice('role:'.length)] } }]];
  if (entry.startsWith('label:')) return [[entry, { ...request, subject: { ...subject, labels: [...subject.labels, entry.slice('label:'.length)] } }]];
  return [[entry, { ...request, subject: { ...subject, agent: entry } }]];
}

/** Some path that the patterns cover. */
function pathWithin({ paths }: CompiledRule): readonly string[] {
  if (paths.kind !== 'ready') return [];
  const overlap = findOverlap(paths.set, paths.set);
  return overlap.overlap ? [overlap.witness] : [];
}
