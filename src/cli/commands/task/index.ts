import type { Command } from 'commander';
import { withExamples } from '../../help.js';
import type { Shell } from '../../shell.js';
import { briefVerbs } from '../brief-verbs.js';
import { declareAuthoring } from './declare-authoring.js';
import { declareExecution } from './declare-execution.js';
import { declareInsight } from './declare-insight.js';
import { declareSteering } from './declare-steering.js';
import { declareWorker } from './declare-worker.js';

/** `ai task …`: the verbs by who uses them and when. */
export function registerTask(parent: Command, shell: Shell): void {
  const task = parent.command('task').description('Creates, claims, executes and lands tasks.');
  task.commandsGroup('State what is to be done:');
  declareAuthoring(task, shell);
  task.commandsGroup('Have it done:');
  declareExecution(task, shell);
  task.commandsGroup('Look:');
  declareInsight(task, shell);
  task.commandsGroup('Steer:');
  declareSteering(task, shell);
  task.commandsGroup('Work on it (workers and agents):');
  declareWorker(task, shell);
  briefVerbs(task);
  withExamples(task, ['ai task create "Write the parser" --verify "npm test"', 'ai task execute t-4k9x2m', 'ai help task claim']);
}
