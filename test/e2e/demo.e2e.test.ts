import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';
import { validateOutput } from '../support/validate-output.js';

let plane: ControlPlane;
let demo: Json;
beforeAll(async () => {
  plane = await createControlPlane({ repository: false, initialise: false, files: {} });
  // No network, no key: the environment has neither.
  const output = await plane.ai(['demo', '--json'], { env: { HTTPS_PROXY: 'http://127.0.0.1:9' } });
  expect({ code: output.code, stderr: output.stderr }).toEqual({ code: 0, stderr: '' });
  demo = (await validateOutput(output.stdout)).data;
});
afterAll(() => {
  rmSync(demo.root, { recursive: true, force: true });
  plane.dispose();
});

const git = (...args: readonly string[]): string => spawnSync('git', args, { cwd: demo.root, encoding: 'utf8' }).stdout.trim();
const idOf = (title: string): string => demo.graph.tasks.find((task: Json) => task.title === title).id;

describe('ai demo', () => {
  it('plays six tasks: one fails its check and succeeds with its next attempt, one breaks its bounds', () => {
    expect(demo).toMatchObject({ asTold: true, audit: { ok: true } });
    expect(demo.graph.tasks).toHaveLength(6);
    const outcomesOf = (title: string): Json[] => demo.runs.filter((run: Json) => run.task === idOf(title)).map((run: Json) => run.outcome);
    expect(outcomesOf('Test the greeting')).toEqual(['verification_failed', 'succeeded']);
    expect(outcomesOf('Give the package a version')).toEqual(['write_outside_scope']);
    expect(demo.graph.edges).toEqual(expect.arrayContaining([{ from: idOf('Write a greeting function'), to: idOf('Test the greeting') }]));
  });

  it('runs three at a time, and never two whose paths overlap', async () => {
    const lines = (await plane.ai(['events', '--jsonl', '--root', demo.root])).stdout.trim().split('\n').map((line) => JSON.parse(line));
    const held = new Set<string>();
    let most = 0;
    const overlapping = [idOf('Write a guide'), idOf('Start a list of changes')];
    for (const { type, task } of lines) {
      if (type === 'task.claimed') held.add(task);
      if (['task.completed', 'task.failed', 'task.retry_scheduled'].includes(type)) held.delete(task);
      most = Math.max(most, held.size);
      expect(overlapping.every((id) => held.has(id))).toBe(false);
    }
    expect(most).toBe(3);
  });

  it('lands what succeeded and nothing else, and what landed works', () => {
    expect(demo.landed).toHaveLength(5);
    expect(git('log', '--format=%s', 'main').split('\n')).toHaveLength(6);
    expect(readFileSync(path.join(demo.root, 'README.md'), 'utf8')).not.toContain('tidied');
    expect(existsSync(path.join(demo.root, 'docs/guide.md')) && existsSync(path.join(demo.root, 'docs/changes.md'))).toBe(true);
    expect(spawnSync(process.execPath, ['bin/greet.mjs', 'Ada'], { cwd: demo.root, encoding: 'utf8' }).stdout).toBe('Hello, Ada!\n');
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('ends, for people, with the graph and the commands to go on with', async () => {
    const output = await plane.ai(['demo']);
    const root = /repository to play with: (\S+)/.exec(output.stdout)?.[1] ?? '';
    rmSync(root, { recursive: true, force: true });
    expect(output.stdout).toMatch(/ waits: docs\/guide\.md \(held by agent:writer for t-\w+\) and docs\/\*\* both cover docs\/guide\.md\n/);
    expect(output.stdout).toMatch(/What became of the tasks\n(t-|├|└)/);
    expect(output.stdout).toContain(`  $ cd ${root}\n`);
  });
});
