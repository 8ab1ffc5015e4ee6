import type { Agent } from '../../domain/agent/agent.js';
import type { CommandReading } from '../../domain/policy/command/command-reading.js';
import { readCommand } from '../../domain/policy/command/read-command.js';
import type { Facts } from '../../domain/policy/facts.js';
import type { RequiredEvidence } from '../../domain/policy/layer.js';
import type { PolicyPoint } from '../../domain/policy/point.js';
import type { DecisionRequest, RequestPath, Resource } from '../../domain/policy/request.js';
import type { ChangedFile, Run } from '../../domain/run/run.js';
import type { Task, TaskSpec } from '../../domain/task/task.js';
import { agentFacts, subjectOf, taskFacts, timeFacts } from './subject.js';

/** Who asks, and when: the same for every point of one action. */
export interface Asking {
  readonly agent: Agent | null;
  readonly actor: string;
  readonly nowMs: number;
  readonly unattended: boolean;
}

type TaskTerms = Omit<TaskSpec, 'parent' | 'dependsOn'> & { readonly id?: string; readonly attempt?: number };

interface TaskQuestion {
  readonly point: PolicyPoint;
  readonly task: TaskTerms;
  readonly run: string | null;
  readonly resource: Resource;
  readonly paths: readonly RequestPath[];
  readonly skills?: readonly string[];
  readonly facts?: Facts;
  /** Of the action; the point's own name without one. */
  readonly name?: string;
}

/** Patterns of the locks stand for every path that they cover: a rule about one of those is a rule about the task. */
const patternsOf = (task: TaskTerms): RequestPath[] => task.locks.filter((lock) => lock.mode === 'exclusive').map((lock) => ({ path: lock.pattern, kind: null, mode: null }));

function question(asking: Asking, wanted: TaskQuestion): DecisionRequest {
  const { task } = wanted;
  return {
    point: wanted.point,
    subject: subjectOf({ agent: asking.agent, actor: asking.actor, task: task.id ?? null, run: wanted.run }),
    action: { name: wanted.name ?? wanted.point, tool: null, toolCall: null },
    resource: wanted.resource,
    paths: wanted.paths,
    command: null,
    skills: wanted.skills ?? task.skills,
    taskType: task.type,
    taskLabels: task.labels,
    facts: { ...timeFacts(asking.nowMs), ...agentFacts(asking.agent), 'user.name': asking.actor.replace(/^user:/, ''), 'run.unattended': asking.unattended, ...taskFacts(task), ...wanted.facts },
    nowMs: asking.nowMs,
    approvals: [],
  };
}

const ofTask = (task: TaskTerms, digest: string | null): Resource => ({ kind: 'task', id: task.id ?? 'new', digest });

/** What a task says of itself stands in its digest: an approval is for exactly that. */
export function createQuestion(asking: Asking, task: TaskTerms, digest: string): DecisionRequest {
  return question(asking, { point: 'task.create', task, run: null, resource: { kind: 'task', id: 'new', digest }, paths: patternsOf(task) });
}

export function taskQuestion(asking: Asking, point: 'task.claim' | 'task.execute' | 'task.complete', about: { readonly task: Task; readonly digest: string; readonly run: string | null }): DecisionRequest {
  return question(asking, { point, task: about.task, run: about.run, resource: ofTask(about.task, about.digest), paths: patternsOf(about.task) });
}

export function skillQuestion(asking: Asking, task: Task, skill: string): DecisionRequest {
  return question(asking, { point: 'skill.run', task, run: null, resource: { kind: 'skill', id: skill, digest: null }, paths: [], skills: [skill], facts: { 'skill.name': skill } });
}

/** A check of the task: run by us, in the workspace, on what the agent has written. */
export function checkQuestion(asking: Asking, task: Task, command: string): DecisionRequest {
  const reading = readCommand(command);
  const asked = question(asking, { point: 'command.run', task, run: null, resource: { kind: 'command', id: command, digest: null }, paths: [], name: 'verify', facts: { 'command.text': command, ...wordsOf(reading) } });
  return { ...asked, command: reading };
}

/** Only one plain command has words that stand for all of it. */
function wordsOf(reading: CommandReading): Facts {
  const words = reading.kind === 'plain' && reading.commands.length === 1 ? (reading.commands[0]?.words ?? []) : [];
  const known = words.filter((word) => word !== null);
  return known.length === 0 || known.length < words.length ? {} : { 'command.words': known };
}

export interface TreeOfRun {
  readonly task: Task;
  readonly run: Pick<Run, 'id' | 'branch'>;
  /** Commit of the snapshot; a tree where work is in place. The same when it is judged and when it lands, so that one approval is for both. */
  readonly head: string;
  readonly changed: readonly ChangedFile[];
  readonly facts?: Facts;
  /** Kinds of evidence at hand; only where the task is to count as done. */
  readonly evidence?: readonly RequiredEvidence[];
}

/** Everything that a run changed, as the snapshot of its tree shows it. */
export function treeQuestion(asking: Asking, point: 'path.write' | 'task.complete' | 'task.merge' | 'policy.change', tree: TreeOfRun): DecisionRequest {
  const paths = tree.changed.map(({ path, status, mode }): RequestPath => ({ path, kind: status, mode: mode ?? null }));
  const facts: Facts = { ...tree.facts, 'run.id': tree.run.id, 'change.count': paths.length, ...(tree.run.branch === null ? {} : { 'branch.name': tree.run.branch }) };
  const asked = question(asking, { point, task: tree.task, run: tree.run.id, resource: { kind: 'tree', id: tree.head, digest: tree.head }, paths, facts });
  return tree.evidence === undefined ? asked : { ...asked, evidence: tree.evidence };
}
