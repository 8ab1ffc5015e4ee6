import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskGraph } from '../../../../src/app/tasks/graph-tasks.js';
import { presentGraph } from '../../../../src/cli/present/task-graph.js';
import { TASK_STATUSES } from '../../../../src/domain/task/task.js';
import { buildTask, taskId } from '../../../support/build-task.js';
import { documentOf, screen } from './samples.js';

const idAt = (index: number): string => `t-${index.toString(36).padStart(6, '0')}`;

function graphOf(titles: readonly string[], edges: readonly (readonly [number, number])[]): TaskGraph {
  const tasks = titles.map((title, index) =>
    buildTask(TASK_STATUSES[index % TASK_STATUSES.length] ?? 'queued', { id: taskId(idAt(index)), num: index + 1, title, dependsOn: edges.filter(([, to]) => to === index).map(([from]) => taskId(idAt(from))) }),
  );
  return { tasks, edges: edges.map(([from, to]) => ({ from: idAt(from), to: idAt(to) })), truncated: false };
}

const DIAMOND = graphOf(['Design', 'Parser', 'Printer', 'Tests', 'Docs'], [[0, 1], [0, 2], [1, 3], [2, 3]]);

/** Acyclic by construction: an edge goes from a lower to a higher number. */
const anyGraph = fc
  .tuple(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 12 }), fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 }))
  .map(([titles, pairs]) => {
    const edges = pairs.map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]).filter(([from, to]) => from < to && to < titles.length);
    return graphOf(titles, [...new Map(edges.map((edge) => [edge.join(), edge])).values()]);
  });

describe('the graph as text', () => {
  it('is a tree in which a task with two dependencies is drawn once and named again', () => {
    expect(screen(presentGraph(DIAMOND, 'text'))).toBe(
      [
        't-000000  ○ queued  Design',
        '├─ t-000001  ◐ claimed  Parser',
        '│  └─ t-000003  ◌ blocked  Tests',
        '└─ t-000002  ● running  Printer',
        '   └─ t-000003  ◌ blocked  Tests  (see above)',
        't-000004  ‖ paused  Docs',
      ].join('\n'),
    );
  });

  it('goes on at the margin when it is deep, and does not overflow the stack', () => {
    const length = 2_000;
    const chain = graphOf(Array.from({ length }, (_, index) => `Step ${index}`), Array.from({ length: length - 1 }, (_, index): [number, number] => [index, index + 1]));
    const lines = screen(presentGraph(chain, 'text')).split('\n');
    expect(lines[8]).toBe(`${'   '.repeat(7)}└─ t-000008  – cancelled  Step 8  (goes on below)`);
    expect(lines[9]).toBe('t-000008  – cancelled  Step 8');
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(new Set(lines.map((line) => /t-\w{6}/.exec(line)?.[0])).size).toBe(length);
  });

  it('shows every task and every edge, once', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const lines = screen(presentGraph(graph, 'text'), 200).split('\n').filter((line) => !line.includes('(goes on below)'));
        for (const task of graph.tasks) expect(lines.filter((line) => line.includes(`${task.id}  `)).length).toBe(Math.max(1, task.dependsOn.length));
      }),
    );
  });

  it('says what to do when there is nothing to draw', () => {
    expect(screen(presentGraph({ tasks: [], edges: [], truncated: false }, 'text'))).toBe('No open tasks.  ai task list');
  });
});

describe('the graph for other programs', () => {
  it('is Mermaid', () => {
    expect(screen(presentGraph(graphOf(['Say "hi" <b>', 'a]b; `c` #1\n'], [[0, 1]]), 'mermaid'))).toBe(
      [
        'flowchart TD',
        '  t_000000["t-000000 ○ queued<br/>Say #34;hi#34; #60;b#62;"]:::queued',
        '  t_000001["t-000001 ◐ claimed<br/>a#93;b; #96;c#96; #35;1#92;n"]:::claimed',
        '  t_000000 --> t_000001',
        '  classDef claimed fill:#cfe8fc,color:#222222',
        '  classDef queued fill:#eeeeee,color:#222222',
      ].join('\n'),
    );
  });

  it('is DOT', () => {
    expect(screen(presentGraph(graphOf(['Say "hi" \\ bye', 'B'], [[0, 1]]), 'dot'))).toBe(
      [
        'digraph tasks {',
        '  rankdir=LR;',
        '  node [shape=box, style=rounded];',
        '  "t-000000" [label="t-000000 ○ queued\\nSay \\"hi\\" \\\\ bye"];',
        '  "t-000001" [label="t-000001 ◐ claimed\\nB"];',
        '  "t-000000" -> "t-000001";',
        '}',
      ].join('\n'),
    );
  });

  it('can not be broken out of by a title', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const mermaid = screen(presentGraph(graph, 'mermaid')).split('\n');
        for (const line of mermaid) expect(line).toMatch(/^(flowchart TD| {2}t_\w{6}\["[^"<>`]*<br\/>[^"<>`]*"\]:::\w+| {2}t_\w{6} --> t_\w{6}| {2}classDef .*)$/u);
        const dot = screen(presentGraph(graph, 'dot')).split('\n').slice(3, -1);
        for (const line of dot) expect(line).toMatch(/^ {2}"t-\w{6}" (\[label="([^"\\]|\\.)*"\]|-> "t-\w{6}");$/u);
        expect(mermaid).toHaveLength(1 + graph.tasks.length + graph.edges.length + new Set(graph.tasks.map((task) => task.status)).size);
        expect(dot).toHaveLength(graph.tasks.length + graph.edges.length);
      }),
    );
  });

  it('is the same whatever order the store answered in', () => {
    for (const format of ['text', 'mermaid', 'dot'] as const) {
      const mixed = { ...DIAMOND, tasks: [...DIAMOND.tasks].reverse(), edges: [...DIAMOND.edges].reverse() };
      expect(screen(presentGraph(mixed, format))).toBe(screen(presentGraph(DIAMOND, format)));
      expect(presentGraph(mixed, format).data).toEqual(presentGraph(DIAMOND, format).data);
    }
  });

  it('is a document, and warns when it was cut', async () => {
    const document = await documentOf(presentGraph({ ...DIAMOND, truncated: true }, 'text'));
    expect(document).toMatchObject({ kind: 'task.graph', data: { truncated: true, edges: [{ from: 't-000000', to: 't-000001' }, {}, {}, {}] } });
    expect(document.warnings?.[0]).toContain('ai task graph ID');
  });
});
