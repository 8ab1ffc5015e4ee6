import { AiError } from '../../../domain/kernel/errors.js';
import { closestWord } from '../../../domain/kernel/closest-word.js';
import { parseAgentId, quote } from '../../../domain/kernel/ids.js';
import { FACT_TYPES, type FactName, type Facts, type FactValue } from '../../../domain/policy/facts.js';
import { POLICY_POINTS, type PolicyPoint } from '../../../domain/policy/point.js';
import type { DecisionRequest } from '../../../domain/policy/request.js';
import type { Agent } from '../../../domain/agent/agent.js';
import type { Task } from '../../../domain/task/task.js';
import type { AppDeps } from '../../deps.js';
import { resolveTaskId } from '../../tasks/resolve-id.js';
import { readCommand } from '../../../domain/policy/command/read-command.js';
import { agentFacts, subjectOf, taskFacts, timeFacts } from '../subject.js';
import { resourceAt } from './resource.js';

export interface QuestionInput {
  readonly point: string;
  readonly agent: string | null;
  readonly task: string | null;
  readonly paths: readonly string[];
  readonly command: string | null;
  readonly skill: string | null;
  /** `NAME=VALUE`, as typed. */
  readonly facts: readonly string[];
}

export type QuestionDeps = Pick<AppDeps, 'store' | 'clock' | 'actor' | 'place'>;

/** A question in the words of a person, complete. Throws INVALID_INPUT, AGENT_NOT_FOUND, TASK_NOT_FOUND. */
export async function askQuestion(deps: QuestionDeps, input: QuestionInput): Promise<DecisionRequest> {
  const point = parsePoint(input.point);
  const agent = input.agent === null ? null : await deps.store.getAgent(parseAgentId(input.agent));
  const task = input.task === null ? null : await deps.store.getTask(await resolveTaskId(deps.store, input.task));
  const nowMs = deps.clock.now().wallMs;
  const stated = parseFacts(input.facts);
  const command = commandOf(point, input, stated);
  const paths = pathsOf(point, input, task);
  return {
    point,
    subject: subjectOf({ agent, actor: deps.actor, task: task?.id ?? null, run: textOf(stated['run.id']) }),
    action: { name: point, tool: textOf(stated['tool.name']), toolCall: null },
    resource: resourceAt(point, { path: paths[0] ?? null, policy: paths[0] ?? null, tree: 'HEAD', command, skill: input.skill, task: task?.id ?? 'new', url: textOf(stated['network.host']), tool: textOf(stated['tool.name']) }),
    paths: paths.map((path) => ({ path, kind: null, mode: null })),
    command: command === null ? null : readCommand(command),
    ...workTerms(input, task, stated),
    facts: { ...surroundings(deps, { agent, task, nowMs }), 'change.count': paths.length, ...(command === null ? {} : { 'command.text': command }), ...(input.skill === null ? {} : { 'skill.name': input.skill }), ...stated },
    nowMs,
    approvals: [],
  };
}

function workTerms(input: QuestionInput, task: Task | null, stated: Facts): Pick<DecisionRequest, 'skills' | 'taskType' | 'taskLabels'> {
  return {
    skills: input.skill === null ? (task?.skills ?? []) : [input.skill],
    taskType: task?.type ?? textOf(stated['task.type']),
    taskLabels: task?.labels ?? listOf(stated['task.labels']),
  };
}

function commandOf(point: PolicyPoint, input: QuestionInput, stated: Facts): string | null {
  if (point !== 'command.run') return null;
  const command = input.command ?? textOf(stated['command.text']);
  if (command === null) throw invalid('command.run is about a command, and none was named.', 'ai policy explain command.run --command "git push --force"');
  return command;
}

/** A task is about what it locks for itself. */
function pathsOf(point: PolicyPoint, input: QuestionInput, task: Task | null): readonly string[] {
  if (input.paths.length > 0 || task === null || !point.startsWith('task.')) return input.paths;
  return task.locks.filter(({ mode }) => mode === 'exclusive').map(({ pattern }) => pattern);
}

function surroundings(deps: QuestionDeps, { agent, task, nowMs }: { readonly agent: Agent | null; readonly task: Task | null; readonly nowMs: number }): Facts {
  const { currentBranch } = deps.place;
  return {
    ...timeFacts(nowMs),
    ...agentFacts(agent),
    ...(agent === null ? { 'user.name': deps.actor.replace(/^user:/, '') } : {}),
    ...(task === null ? {} : taskFacts(task)),
    ...(currentBranch === null ? {} : { 'branch.name': currentBranch }),
    'run.unattended': false,
  };
}

/** Throws INVALID_INPUT. */
export function parsePoint(text: string): PolicyPoint {
  const point = POLICY_POINTS.find((known) => known === text);
  if (point !== undefined) return point;
  const meant = closestWord(text, POLICY_POINTS);
  throw invalid(`${quote(text)} is no point of policy${meant === undefined ? '' : `; did you mean ${meant}?`}${meant === undefined ? '.' : ''}`, `One of: ${POLICY_POINTS.join(', ')}`);
}

const FACT_NAMES = Object.keys(FACT_TYPES) as readonly FactName[];
const MAX_FACTS = 64;

/** Throws INVALID_INPUT for what is no fact, or no value of it. */
export function parseFacts(texts: readonly string[]): Facts {
  if (texts.length > MAX_FACTS) throw invalid(`${texts.length} facts were given; the limit is ${MAX_FACTS}.`, 'State those that the rules read.');
  return Object.fromEntries(texts.map(parseFact));
}

function parseFact(text: string): readonly [FactName, FactValue] {
  const equals = text.indexOf('=');
  const word = equals === -1 ? text : text.slice(0, equals).trim();
  const name = FACT_NAMES.find((known) => known === word);
  if (name === undefined) throw invalid(`${quote(word)} is no fact.`, `Did you mean ${closestWord(word, FACT_NAMES) ?? 'task.risk'}? ai help policy explain`);
  if (equals === -1) throw invalid(`The fact ${name} has no value.`, `--fact ${name}=VALUE`);
  return [name, parseValue(name, text.slice(equals + 1))];
}

function parseValue(name: FactName, text: string): FactValue {
  switch (FACT_TYPES[name]) {
    case 'string':
      return text;
    case 'bool':
      if (text === 'true' || text === 'false') return text === 'true';
      throw invalid(`${name} is true or false, not ${quote(text)}.`, `--fact ${name}=true`);
    case 'int':
      if (/^-?\d{1,15}$/.test(text)) return Number(text);
      throw invalid(`${name} is a whole number, not ${quote(text)}.`, `--fact ${name}=3`);
    case 'double':
      if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
      throw invalid(`${name} is a number, not ${quote(text)}.`, `--fact ${name}=1.5`);
    case 'list<string>':
      return text === '' ? [] : text.split(',').map((item) => item.trim());
  }
}

const textOf = (value: FactValue | undefined): string | null => (typeof value === 'string' ? value : null);
const listOf = (value: FactValue | undefined): readonly string[] => (typeof value === 'object' ? value : []);
const invalid = (message: string, hint: string): AiError => new AiError({ code: 'INVALID_INPUT', message, hint });
