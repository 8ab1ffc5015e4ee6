import type { ExampleResult } from '../../app/policy/tools/run-examples.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style } from '../io.js';
import { count } from './format.js';

/** Exit code 1 when one failed, 2 when there was none to run: nothing was tested then. */
export function presentTests(results: readonly ExampleResult[]): Answer {
  const failed = results.filter(({ ok }) => !ok);
  return {
    kind: 'policy.test',
    data: { ok: failed.length === 0 && results.length > 0, run: results.length, failed: failed.length, results },
    exitCode: results.length === 0 ? 2 : failed.length === 0 ? undefined : 1,
    text: ({ style }) => [...failed.map((result) => exampleFailure(result, style)), summary(results.length, failed.length, style)].join('\n'),
  };
}

export function exampleFailure({ rule, at, message }: ExampleResult, style: Style): string {
  return `${style.red('✗ failed')}  ${escapeLine(at)}: ${rule === null ? '' : `${style.bold(escapeLine(rule))}: `}${escapeLine(message)}`;
}

function summary(run: number, failed: number, style: Style): string {
  if (run === 0) return `${style.yellow('?')} There is no example to run.  ${style.dim('Write examples: into a rule, or a list of them into a file.')}`;
  return failed === 0 ? `${style.green('✓')} ${count(run, 'example')}, all as expected.` : `${style.red('✗')} ${failed} of ${count(run, 'example')} failed.`;
}
