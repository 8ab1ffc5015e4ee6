import type { DemoResult } from '../../app/project/run-demo.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';
import { graphText } from './graph-text.js';

export function presentDemo(result: DemoResult): Answer {
  const { graph, ...rest } = result;
  const tasks = graph.tasks.map(({ id, title, status, dependsOn }) => ({ id, title, status, dependsOn }));
  return { kind: 'demo', data: { ...rest, graph: { tasks, edges: graph.edges } }, text: (view) => text(result, view), exitCode: result.asTold ? 0 : 1 };
}

function text(result: DemoResult, view: View): string {
  const { style } = view;
  const [first] = result.landed;
  const outcome = result.asTold ? style.green('✓ Everything went as told.') : style.red('✗ Something went otherwise than told; the lines above say what.');
  const commands = ['git log --stat', 'ai status', `ai task show ${first?.task ?? 'ID'}`, `ai task evidence ${first?.task ?? 'ID'}`, 'ai events'];
  return ['', style.bold('What became of the tasks'), graphText(result.graph, view), '', outcome, '', 'Look around:', `  $ cd ${escapeLine(result.root)}`, ...commands.map((command) => `  $ ${command}`), '', `When you have seen enough: rm -r ${escapeLine(result.root)}`].join('\n');
}
