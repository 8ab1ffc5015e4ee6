import type { FactName, Facts, FactValue } from '../facts.js';
import type { Rule } from '../layer.js';
import { PATH_POINTS, type PolicyPoint } from '../point.js';
import type { DecisionRequest, RequestPath, Resource } from '../request.js';
import { exampleCommand, findCommonCommand, type Words } from './commands.js';
import type { Model } from './conditions/solve.js';
import { asList, asText, findSubject, type ExampleSubject } from './subject.js';
import { USUAL_FACTS } from './usual-facts.js';

export interface CandidateInput {
  /** One or two rules that the request should match; none for a request that nothing special is asked of. */
  readonly rules: readonly Rule[];
  readonly point: PolicyPoint;
  readonly model: Model;
  readonly path: string | null;
  readonly nowMs: number;
}

/** Facts that exist at some points only. */
const POINTS_OF_FACTS: ReadonlyMap<FactName, (point: PolicyPoint) => boolean> = new Map<FactName, (point: PolicyPoint) => boolean>([
  ['path', (point) => PATH_POINTS.has(point)],
  ['change.kind', (point) => PATH_POINTS.has(point)],
  ['change.mode', (point) => PATH_POINTS.has(point)],
  ['change.count', (point) => PATH_POINTS.has(point)],
  ['command.text', (point) => point === 'command.run'],
  ['command.words', (point) => point === 'command.run'],
  ['tool.name', (point) => point === 'tool.use' || point === 'command.run' || point.startsWith('path.')],
  ['network.host', (point) => point === 'network.use'],
  ['skill.name', (point) => point === 'skill.run'],
]);

/** Points at which one path is asked about, so that it is a fact. */
const ONE_PATH_POINTS: ReadonlySet<PolicyPoint> = new Set(['path.read', 'path.write', 'commit', 'policy.change']);

/** A plausible request that the rules should match, or null when their terms and the model leave none that is consistent. */
export function buildCandidate(input: CandidateInput): DecisionRequest | null {
  const { rules, point, model } = input;
  if (!Object.keys(model.facts).every((fact) => existsAt(point, fact as FactName))) return null;
  const subject = findSubject(rules, model.facts);
  const taskType = pickOne(rules.map((rule) => rule.tasks), asText(model.facts['task.type']), usual('task.type'));
  const words = point === 'command.run' ? pickCommand(rules, model) : null;
  const skills = pickSkills(rules, point, model);
  if (subject === null || taskType === null || skills === null || (point === 'command.run' && words === null)) return null;
  const taskLabels = pickLabels(rules, model);
  const parts = { subject, taskType, words, skills, taskLabels };
  const facts = assembleFacts(input, parts);
  return {
    point,
    subject: { ...subject, user: asText(facts['user.name']) ?? usual('user.name'), session: null, run: asText(facts['run.id']), task: asText(facts['task.id']) },
    action: { name: point, tool: asText(facts['tool.name']), toolCall: null },
    resource: resourceOf(input, parts, facts),
    paths: input.path === null ? [] : [toRequestPath(input.path, facts)],
    command: words === null ? null : { kind: 'plain', text: asText(facts['command.text']) ?? '', commands: [{ words, writes: [] }] },
    skills,
    taskType,
    taskLabels,
    facts,
    nowMs: input.nowMs,
    approvals: [],
  };
}

interface Parts {
  readonly subject: ExampleSubject;
  readonly taskType: string;
  readonly words: Words | null;
  readonly skills: readonly string[];
  readonly taskLabels: readonly string[];
}

function assembleFacts(input: CandidateInput, parts: Parts): Facts {
  // Lists of the model hold the least that they must; the parts already have what the rules ask for besides.
  const lists = { 'agent.labels': parts.subject.labels, 'task.labels': parts.taskLabels };
  const facts: Partial<Record<FactName, FactValue>> = { ...usualFactsAt(input.point), ...factsOfParts(parts, input.point), ...input.model.facts, ...lists };
  if (ONE_PATH_POINTS.has(input.point) && input.path !== null) facts.path = input.path;
  else delete facts.path;
  if (input.model.absent.length === 0) return facts;
  return Object.fromEntries(Object.entries(facts).filter(([fact]) => !input.model.absent.includes(fact as FactName)));
}

const usualByPoint = new Map<PolicyPoint, Facts>();

/** Made once for each point: analysis builds thousands of requests. */
function usualFactsAt(point: PolicyPoint): Facts {
  const known = usualByPoint.get(point) ?? Object.fromEntries([...USUAL_FACTS].flatMap(([fact, [value]]) => (value !== undefined && existsAt(point, fact) ? [[fact, value]] : [])));
  usualByPoint.set(point, known);
  return known;
}

const existsAt = (point: PolicyPoint, fact: FactName): boolean => POINTS_OF_FACTS.get(fact)?.(point) !== false;

function factsOfParts(parts: Parts, point: PolicyPoint): Facts {
  const [role] = parts.subject.roles;
  const [skill] = parts.skills;
  return {
    ...(parts.subject.agent === null ? {} : { 'agent.id': parts.subject.agent }),
    'agent.labels': parts.subject.labels,
    'task.type': parts.taskType,
    'task.labels': parts.taskLabels,
    ...(role === undefined ? {} : { 'agent.role': role }),
    ...(parts.words === null ? {} : { 'command.text': parts.words.join(' '), 'command.words': parts.words }),
    ...(skill === undefined || point !== 'skill.run' ? {} : { 'skill.name': skill }),
    ...riskOf(parts.taskLabels),
  };
}

const RISK_LABEL = 'risk:';
const riskOf = (labels: readonly string[]): Facts => {
  const label = labels.find((candidate) => candidate.startsWith(RISK_LABEL));
  return label === undefined ? {} : { 'task.risk': label.slice(RISK_LABEL.length) };
};

function pickLabels(rules: readonly Rule[], model: Model): readonly string[] {
  const risk = asText(model.facts['task.risk']);
  const labels = [...asList(model.facts['task.labels']), ...rules.flatMap((rule) => rule.labels?.slice(0, 1) ?? [])];
  return [...new Set(risk === null || risk === 'unknown' ? labels : [...labels, `${RISK_LABEL}${risk}`])];
}

function pickSkills(rules: readonly Rule[], point: PolicyPoint, model: Model): readonly string[] | null {
  const lists = rules.map((rule) => rule.skills);
  if (point !== 'skill.run') return [...new Set(lists.flatMap((list) => list?.slice(0, 1) ?? []))];
  const skill = pickOne(lists, asText(model.facts['skill.name']), usual('skill.name'));
  return skill === null ? null : [skill];
}

function pickCommand(rules: readonly Rule[], model: Model): Words | null {
  const text = asText(model.facts['command.text']);
  if (text !== null) return text.split(' ').filter((word) => word !== '');
  const listed = asList(model.facts['command.words']);
  if (listed.length > 0) return listed;
  const [first, second] = rules.flatMap((rule) => (rule.command === null ? [] : [rule.command]));
  if (first === undefined) return ['true'];
  return second === undefined ? exampleCommand(first) : findCommonCommand(first, second);
}

/** A value that is in all lists that are not null, the wanted one if there is one. */
function pickOne(lists: readonly (readonly string[] | null)[], wanted: string | null, otherwise: string): string | null {
  const given = lists.filter((list) => list !== null);
  const [first] = given;
  const candidates = wanted !== null ? [wanted] : (first ?? [otherwise]);
  return candidates.find((value) => given.every((list) => list.includes(value))) ?? null;
}

function toRequestPath(path: string, facts: Facts): RequestPath {
  return { path, kind: asText(facts['change.kind']) as RequestPath['kind'], mode: asText(facts['change.mode']) as RequestPath['mode'] };
}

const RESOURCE_KINDS: Readonly<Record<PolicyPoint, Resource['kind']>> = {
  'task.create': 'task',
  'task.claim': 'task',
  'task.execute': 'task',
  'tool.use': 'tool',
  'path.read': 'path',
  'path.write': 'path',
  'command.run': 'command',
  'network.use': 'url',
  'skill.run': 'skill',
  'task.complete': 'task',
  'task.merge': 'task',
  commit: 'tree',
  'policy.change': 'policy',
};

function resourceOf(input: CandidateInput, parts: Parts, facts: Facts): Resource {
  const kind = RESOURCE_KINDS[input.point];
  const ids: Readonly<Record<Resource['kind'], string | null>> = {
    task: asText(facts['task.id']),
    tool: asText(facts['tool.name']),
    path: input.path,
    command: parts.words?.join(' ') ?? null,
    url: asText(facts['network.host']),
    skill: parts.skills[0] ?? null,
    tree: 'HEAD',
    policy: input.path,
  };
  return { kind, id: ids[kind] ?? '', digest: null };
}

const usual = (fact: FactName): string => String(USUAL_FACTS.get(fact)?.[0]);
