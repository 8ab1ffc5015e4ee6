import { DEMO_FILES } from '../../../app/project/demo-story.js';
import { runDemo } from '../../../app/project/run-demo.js';
import type { Answer } from '../../io.js';
import { presentDemo } from '../../present/project-demo.js';
import { escapeLine } from '../../escape.js';
import type { ShellContext } from '../../shell.js';

export async function runDemoCommand({ host, globals, io }: ShellContext): Promise<Answer> {
  const tell = (text: string): void => {
    if (!globals.json) io.out(`${text}\n`);
  };
  const root = await host.makeDemoRepository(DEMO_FILES);
  tell(`${io.style.bold('A repository to play with:')} ${escapeLine(root)}`);
  const { deps } = await host.initialise({ ...globals, root });
  const result = await runDemo(deps, {
    signal: io.signal,
    chapter: (text) => tell(`\n${io.style.bold(text)}`),
    told: (text) => tell(`  ${escapeLine(text)}`),
  });
  return presentDemo(result);
}
