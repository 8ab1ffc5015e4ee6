import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createControlPlane, KILL_AT, processesWith, type ControlPlane, type Json } from '../support/control-plane.js';

// An agent that notices when it runs twice at once, leaves a daemon behind in a session of its own, and writes one file.
const AGENT = `
mkdir "$JOURNAL/running" 2>/dev/null || echo overlap >> "$JOURNAL/overlaps"
echo "$AI_RUN_ID" >> "$JOURNAL/runs"
setsid sleep 300 >/dev/null 2>&1 </dev/null &
mkdir -p src && echo "made by $AI_TASK_ID" > src/made.txt
rmdir "$JOURNAL/running"
`;

interface Scene {
  readonly plane: ControlPlane;
  readonly task: string;
  readonly journal: string;
  readonly env: Record<string, string>;
}

/** The scenes run side by side, so each takes its own folder away. */
async function inScene<T>(play: (scene: Scene) => Promise<T>): Promise<T> {
  const plane = await createControlPlane();
  try {
    return await play(await prepare(plane));
  } finally {
    plane.dispose();
  }
}

async function prepare(plane: ControlPlane): Promise<Scene> {
  const journal = plane.outside;
  const env = { JOURNAL: journal };
  await plane.json(['agent', 'register', 'worker', '--connector', 'command', '--env', 'JOURNAL', '--', '/bin/sh', '-c', AGENT]);
  const created: Json = await plane.json(['task', 'create', 'Make the file', '--lock', 'src/**', '--verify', 'test -s src/made.txt']);
  return { plane, task: created.data.id, journal, env };
}

const traced = (scene: Scene, extra: Record<string, string>): { env: Record<string, string> } => ({ env: { ...scene.env, NODE_OPTIONS: `--import ${KILL_AT}`, ...extra } });

/** What must be true whatever died: right states, no process, no lease, no lock, no worktree, a chain that verifies. */
async function expectRepaired(scene: Scene): Promise<Json> {
  const { plane, task, journal, env } = scene;
  await plane.json(['status'], { env });
  expect(processesWith(`JOURNAL=${journal}`), 'a process was left behind').toEqual([]);
  const shown: Json = await plane.json(['task', 'show', task], { env });
  expect(shown.data.lease).toBeNull();
  expect(existsSync(path.join(journal, 'overlaps'))).toBe(false);
  const doctor: Json = await plane.json(['doctor'], { env });
  expect(doctor.kind).toBe('doctor');
  const verdict: Json = await plane.json(['audit', 'verify'], { env });
  expect(verdict.data.ok).toBe(true);
  return shown.data;
}

/** Every distinct step that a whole execution goes through, in order. */
async function stepsOfARun(scene: Scene): Promise<string[]> {
  const file = path.join(scene.journal, 'trace');
  const done: Json = await scene.plane.json(['task', 'execute', scene.task], traced(scene, { TEST_TRACE_FILE: file }));
  expect(done.data.run.outcome).toBe('succeeded');
  const counts = new Map<string, number>();
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((step) => {
      const count = (counts.get(step) ?? 0) + 1;
      counts.set(step, count);
      return count === 1 ? step : `${step}#${count}`;
    });
}

const steps = await inScene(stepsOfARun);

describe('kill -9 of ai at every step of an execution', () => {
  it('the steps cover claim, workspace, spawn, run, collection, checks and finish', () => {
    for (const step of ['run.claim', 'run.workspace', 'run.agent', 'run.spawned', 'run.recorded', 'run.collect', 'run.verify', 'run.finish']) expect(steps).toContain(step);
  });

  it.concurrent.each(steps)('%s: nothing is lost, nothing left, and the task can be done', { timeout: 180_000 }, (step) =>
    inScene(async (scene) => {
      const killed = await scene.plane.ai(['task', 'execute', scene.task], traced(scene, { TEST_KILL_AT: step }));
      expect(killed.signal).toBe('SIGKILL');
      const task = await expectRepaired(scene);
      expect(['queued', 'review']).toContain(task.status);
      if (task.status === 'queued') {
        const again: Json = await scene.plane.json(['task', 'execute', scene.task], { env: scene.env });
        expect(again.data.run.outcome).toBe('succeeded');
      }
      const after = await expectRepaired(scene);
      expect(after.status).toBe('review');
      const merged: Json = await scene.plane.json(['task', 'merge', scene.task]);
      expect(merged.data.status ?? merged.data.task.status).toBe('done');
      expect(scene.plane.read('src/made.txt')).toBe(`made by ${scene.task}\n`);
      expect(scene.plane.git('worktree', 'list').split('\n')).toHaveLength(1);
    }),
  );
});
