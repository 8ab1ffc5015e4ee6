import type { TaskEntry } from '../../domain/task/task-input.js';

/** The small project that `ai demo` plays: files, agents that are shell scripts, and tasks. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  'README.md': '# Greeter\n\nA project that `ai demo` made to play with.\n',
  'package.json': '{ "name": "greeter", "private": true, "type": "module" }\n',
};

export interface DemoAgent {
  readonly id: string;
  readonly script: string;
}

/** Reads its briefing, as every agent does; the tester does better once the briefing tells what went wrong. */
export const DEMO_AGENTS: readonly DemoAgent[] = [
  {
    id: 'builder',
    script: `echo "reading my briefing"; grep '^# ' "$AI_BRIEFING"
mkdir -p src
printf 'export const greet = (name) => "Hello, " + name + "!";\\n' > src/greet.mjs
ai task progress "$AI_TASK_ID" --percent 80 --note "function written" --quiet >/dev/null
echo "done"`,
  },
  {
    id: 'tester',
    script: `mkdir -p test
if grep -q 'What went wrong before' "$AI_BRIEFING"; then expected='Hello, Ada!'; else expected='Hi, Ada!'; fi
cat > test/greet.test.mjs <<TEST
import assert from 'node:assert/strict';
import test from 'node:test';
import { greet } from '../src/greet.mjs';
test('greets by name', () => assert.equal(greet('Ada'), '$expected'));
TEST
echo "wrote a test that expects $expected"`,
  },
  {
    id: 'shell-writer',
    script: `mkdir -p bin
printf 'import { greet } from "../src/greet.mjs";\\nconsole.log(greet(process.argv[2]));\\n' > bin/greet.mjs
echo "wrote a command"`,
  },
  {
    id: 'writer',
    script: `mkdir -p docs && printf '# Greeter\\n\\nCall greet(name).\\n' > docs/guide.md && echo "wrote the guide"`,
  },
  {
    id: 'historian',
    script: `mkdir -p docs && printf '# Changes\\n\\n- greets by name\\n' > docs/changes.md && echo "wrote the changes"`,
  },
  {
    id: 'careless',
    script: `printf '{ "name": "greeter", "version": "1.0.0", "private": true, "type": "module" }\\n' > package.json && echo "tidied up" >> README.md`,
  },
];

export type DemoName = 'greet' | 'guide' | 'changes' | 'version' | 'test' | 'command';

export interface DemoTask {
  readonly name: DemoName;
  readonly entry: TaskEntry;
  readonly after: readonly DemoName[];
}

const writes = (pattern: string): Pick<TaskEntry, 'locks'> => ({ locks: [{ pattern, mode: 'exclusive' }] });

/** In the order in which they are looked at. The paths of `changes` overlap those of `guide`, so that the two never run together. */
export const DEMO_TASKS: readonly DemoTask[] = [
  { name: 'greet', after: [], entry: { title: 'Write a greeting function', agent: 'builder', priority: 'high', ...writes('src/**'), verify: ['node --check src/greet.mjs'] } },
  { name: 'guide', after: [], entry: { title: 'Write a guide', agent: 'writer', ...writes('docs/guide.md') } },
  { name: 'changes', after: [], entry: { title: 'Start a list of changes', agent: 'historian', ...writes('docs/**') } },
  { name: 'version', after: [], entry: { title: 'Give the package a version', agent: 'careless', ...writes('package.json'), maxAttempts: 1 } },
  { name: 'test', after: ['greet'], entry: { title: 'Test the greeting', agent: 'tester', ...writes('test/**'), verify: ['node --test test/greet.test.mjs'] } },
  { name: 'command', after: ['greet'], entry: { title: 'Greet from the command line', agent: 'shell-writer', ...writes('bin/**'), verify: ['test "$(node bin/greet.mjs Ada)" = "Hello, Ada!"'] } },
];

/** What lands, in an order in which nothing lands before what it builds on. `version` is the one that breaks the rules. */
export const DEMO_LANDINGS: readonly DemoName[] = ['greet', 'guide', 'changes', 'test', 'command'];

/** How the story has to go. */
export const DEMO_OUTCOMES = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'verification_failed', 'write_outside_scope'] as const;
