import { FACT_TYPES, type FactName, type Facts, type FactValue } from '../../../domain/policy/facts.js';
import { readCommand } from '../../../domain/policy/command/read-command.js';
import { PATH_POINTS, POLICY_POINTS, type PolicyPoint } from '../../../domain/policy/point.js';
import type { DecisionRequest, RequestPath, Subject } from '../../../domain/policy/request.js';
import { resourceAt } from './resource.js';

/** Stand for who is not named. */
const SOME_AGENT = 'some-agent';
const SOME_USER = 'somebody';

/** The words of an example by type; the first of several names that is there. */
class Words {
  private readonly values: Readonly<Record<string, FactValue>>;

  constructor(values: Readonly<Record<string, FactValue>>) {
    this.values = values;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  text(...names: readonly string[]): string | null {
    const found = this.find(names);
    return typeof found === 'string' ? found : null;
  }

  list(...names: readonly string[]): readonly string[] | null {
    const found = this.find(names);
    if (typeof found === 'string') return [found];
    return typeof found === 'object' ? found : null;
  }

  facts(): Facts {
    return Object.fromEntries(Object.entries(this.values).filter(([name]) => Object.hasOwn(FACT_TYPES, name)));
  }

  private find(names: readonly string[]): FactValue | undefined {
    const name = names.find((wanted) => this.has(wanted));
    return name === undefined ? undefined : this.values[name];
  }
}

/**
 * The request that an example describes, at the first of the points unless it names one. It says all that matters: who is
 * not named as an agent, by its id, roles or labels, is a person, and facts that are not stated are absent.
 */
export function exampleRequest(values: Readonly<Record<string, FactValue>>, points: readonly PolicyPoint[], nowMs: number): DecisionRequest {
  const words = new Words(values);
  const parts = partsOf(words, points);
  const { point, path, command, skill } = parts;
  return {
    point,
    subject: parts.subject,
    action: { name: point, tool: words.text('tool.name'), toolCall: null },
    resource: resourceAt(point, { path, command, skill, policy: path, tree: 'HEAD', task: words.text('task.id') ?? 'new', url: words.text('network.host'), tool: words.text('tool.name') }),
    paths: path === null ? [] : [{ path, kind: words.text('change.kind') as RequestPath['kind'], mode: words.text('change.mode') as RequestPath['mode'] }],
    command: command === null ? null : readCommand(command),
    skills: skill === null ? [] : [skill],
    taskType: parts.taskType,
    taskLabels: parts.taskLabels,
    facts: { ...derivedFacts(parts), ...words.facts() },
    nowMs,
    approvals: [],
  };
}

interface Parts {
  readonly point: PolicyPoint;
  readonly subject: Subject;
  readonly path: string | null;
  readonly command: string | null;
  readonly skill: string | null;
  readonly taskType: string | null;
  readonly taskLabels: readonly string[];
}

function partsOf(words: Words, points: readonly PolicyPoint[]): Parts {
  const point = pointOf(words, points);
  return {
    point,
    subject: subjectOf(words),
    path: words.text('path'),
    command: point === 'command.run' ? words.text('command', 'command.text') : null,
    skill: words.text('skill', 'skill.name'),
    taskType: words.text('task.type'),
    taskLabels: words.list('task.labels') ?? [],
  };
}

/** The words that only one point has tell which one is meant. */
const TELLING: readonly (readonly [word: string, point: PolicyPoint])[] = [
  ['command', 'command.run'],
  ['skill', 'skill.run'],
  ['network.host', 'network.use'],
];

function pointOf(words: Words, points: readonly PolicyPoint[]): PolicyPoint {
  const named = POLICY_POINTS.find((point) => point === words.text('on')) ?? points[0];
  return named ?? TELLING.find(([word]) => words.has(word))?.[1] ?? 'path.write';
}

const AGENT_WORDS = ['roles', 'labels', 'agent.role', 'agent.labels', 'agent.model'];

function subjectOf(words: Words): Subject {
  const named = words.text('agent', 'agent.id');
  return {
    agent: named ?? (AGENT_WORDS.some((word) => words.has(word)) ? SOME_AGENT : null),
    roles: words.list('roles', 'agent.role') ?? [],
    labels: words.list('labels', 'agent.labels') ?? [],
    user: words.text('user.name') ?? SOME_USER,
    session: null,
    run: words.text('run.id'),
    task: words.text('task.id'),
  };
}

/** What follows from the rest of the request, as it does in a real one. */
function derivedFacts({ point, subject, path, command, skill, taskType, taskLabels }: Parts): Facts {
  const [role] = subject.roles;
  const facts: readonly (readonly [FactName, FactValue | null | undefined])[] = [
    ['agent.id', subject.agent],
    ['agent.labels', subject.agent === null ? null : subject.labels],
    ['agent.role', role],
    ['user.name', subject.user],
    ['task.labels', taskLabels],
    ['task.type', taskType],
    ['skill.name', point === 'skill.run' ? skill : null],
    ['command.text', command],
    ['change.count', PATH_POINTS.has(point) ? Number(path !== null) : null],
  ];
  return Object.fromEntries(facts.filter(([, value]) => value !== null && value !== undefined));
}
