import type { TaskGraph } from '../../app/tasks/graph-tasks.js';
import type { Task } from '../../domain/task/task.js';
import { escapeLine } from '../escape.js';
import type { View } from '../io.js';
import { paintStatus, statusMark } from '../status-mark.js';
import { displayWidth, truncate } from '../width.js';

/** Beyond this depth a branch goes on at the left margin, so that a long chain stays readable. */
const MAX_DEPTH = 8;
const MIN_TITLE_COLUMNS = 12;

interface Place {
  readonly task: Task;
  readonly depth: number;
  /** Lines of the branches that this one hangs on. */
  readonly rails: string;
  readonly joint: string;
}

/**
 * A tree of who needs whom: under each task the ones that wait for it. A task with several dependencies
 * is drawn once, under the first, and named where it comes up again, so that every edge is seen once.
 */
export function graphText(graph: TaskGraph, view: View): string {
  const byId = new Map(graph.tasks.map((task) => [task.id as string, task]));
  const dependents = new Map<string, Task[]>();
  const hasDependency = new Set<string>();
  for (const { from, to } of graph.edges) {
    const task = byId.get(to);
    if (task === undefined) continue;
    dependents.set(from, [...(dependents.get(from) ?? []), task]);
    hasDependency.add(to);
  }
  const roots = graph.tasks.filter((task) => !hasDependency.has(task.id));
  return draw(roots, dependents, view).join('\n');
}

/** An explicit stack: the graph may be thousands of tasks deep. */
function draw(roots: readonly Task[], dependents: ReadonlyMap<string, readonly Task[]>, view: View): string[] {
  const lines: string[] = [];
  const seen = new Set<string>();
  const starts = [...roots];
  for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
    const stack: Place[] = [{ task: start, depth: 0, rails: '', joint: '' }];
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      const { task, depth } = place;
      const children = dependents.get(task.id) ?? [];
      const isRepeat = depth > 0 && seen.has(task.id);
      const goesOn = !isRepeat && depth >= MAX_DEPTH && children.length > 0;
      lines.push(line(place, isRepeat ? 'see above' : goesOn ? 'goes on below' : '', view));
      seen.add(task.id);
      if (goesOn) starts.push(task);
      else if (!isRepeat) stack.push(...below(place, children).reverse());
    }
  }
  return lines;
}

function below(place: Place, children: readonly Task[]): Place[] {
  const rails = place.depth === 0 ? '' : `${place.rails}${place.joint === '└─ ' ? '   ' : '│  '}`;
  return children.map((task, index) => ({ task, depth: place.depth + 1, rails, joint: index === children.length - 1 ? '└─ ' : '├─ ' }));
}

function line(place: Place, remark: string, { style, columns }: View): string {
  const { task } = place;
  const mark = statusMark(task.status);
  const before = `${place.rails}${place.joint}${task.id}  ${mark}  `;
  const after = remark === '' ? '' : `  (${remark})`;
  const room = Math.max(MIN_TITLE_COLUMNS, columns - displayWidth(before) - displayWidth(after));
  const title = truncate(escapeLine(task.title), room);
  return `${style.dim(place.rails + place.joint)}${task.id}  ${paintStatus(mark, task.status, style)}  ${title}${style.dim(after)}`;
}
