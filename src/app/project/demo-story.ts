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
    id: 'writer',
    script: `mkdir -p docs && printf '# Greeter\\n\\nCall greet(name).\\n' > docs/guide.md && echo "wrote the guide"`,
  },
  {
    id: 'careless',
    script: `mkdir -p docs && echo "- first release" > docs/changelog.md && echo "// tidied up" >> src/greet.mjs && echo "tidied up everything"`,
  },
];

export interface DemoTask {
  readonly name: 'build' | 'test' | 'guide' | 'changelog';
  readonly entry: TaskEntry;
  readonly after: readonly DemoTask['name'][];
}

export const DEMO_TASKS: readonly DemoTask[] = [
  { name: 'build', after: [], entry: { title: 'Write a greeting function', agent: 'builder', priority: 'high', locks: [{ pattern: 'src/**', mode: 'exclusive' }], verify: ['node --check src/greet.mjs'] } },
  { name: 'guide', after: [], entry: { title: 'Write a guide', agent: 'writer', locks: [{ pattern: 'docs/**', mode: 'exclusive' }] } },
  { name: 'test', after: ['build'], entry: { title: 'Test the greeting', agent: 'tester', locks: [{ pattern: 'test/**', mode: 'exclusive' }], verify: ['node --test test/greet.test.mjs'] } },
  { name: 'changelog', after: ['build'], entry: { title: 'Start a changelog', agent: 'careless', locks: [{ pattern: 'docs/changelog.md', mode: 'exclusive' }], maxAttempts: 1 } },
];
