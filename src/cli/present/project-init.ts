import type { InitialisedProject } from '../../app/project/init-project.js';
import { escapeLine } from '../escape.js';
import type { Answer, View } from '../io.js';

export function presentInit(project: InitialisedProject): Answer {
  const { root, branch, isRepository, created, next, warnings } = project;
  return { kind: 'init', data: { root, branch, isRepository, created, next }, warnings, text: (view) => text(project, view) };
}

function text(project: InitialisedProject, { style }: View): string {
  const root = style.bold(escapeLine(project.root));
  const made = project.created.map((file) => `  ${style.green('+')} ${escapeLine(file)}`);
  const headline = made.length === 0 ? `${root} is a control plane already; nothing was changed.` : `${root} is a control plane now.`;
  return [headline, ...made, '', 'Next:', ...project.next.map((command) => `  $ ${command}`)].join('\n');
}
