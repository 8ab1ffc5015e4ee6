import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';

let plane: ControlPlane;
beforeEach(async () => {
  plane = await createControlPlane({ repository: false });
});
afterEach(() => plane.dispose());

const ids: string[] = [];
async function fill(count: number): Promise<void> {
  const imported = await answer(plane, ['task', 'import', '-'], { input: JSON.stringify(Array.from({ length: count }, (_, index) => ({ title: `Task ${index}` }))) });
  ids.splice(0, ids.length, ...imported.data.map((task: Json) => task.id as string));
}

/** As somebody with access to the file would: past the triggers that keep the log append-only. */
function tamper(sql: string): void {
  const database = new Database(path.join(plane.root, '.ai/state.db'));
  try {
    for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'").all() as { name: string }[]) database.exec(`DROP TRIGGER ${name}`);
    database.exec(sql);
  } finally {
    database.close();
  }
}

async function verify(): Promise<Json> {
  const output = await plane.ai(['audit', 'verify', '--json']);
  return { code: output.code, ...(JSON.parse(output.stdout)) };
}

describe('the audit log', () => {
  it('is listed newest first, by task and by type', async () => {
    await fill(3);
    await answer(plane, ['task', 'claim', ids[0]!, '--as', 'w']);
    const log = await answer(plane, ['audit', 'log'], { kind: 'audit.log' });
    expect(log.data.map((event: Json) => event.seq)).toEqual([...log.data.map((event: Json) => event.seq)].sort((a: number, b: number) => b - a));
    expect((await answer(plane, ['audit', 'log', '--task', ids[0]!])).data.map((event: Json) => event.type)).toEqual(['task.claimed', 'task.created']);
    expect((await answer(plane, ['audit', 'log', '--type', 'task.claimed,task.failed'])).data).toHaveLength(1);
    expect((await answer(plane, ['audit', 'log', '--limit', '2'])).data).toHaveLength(2);
    expect((await plane.ai(['audit', 'log', '--limit', '2'])).stdout.trimEnd().split('\n').at(-1)).toBe('the newest 2; more: --limit 4, or all of them: ai events');
  });

  it('verifies when nobody touched it', async () => {
    await fill(5);
    const verdict = await answer(plane, ['audit', 'verify'], { kind: 'audit.verify' });
    expect(verdict.data).toMatchObject({ ok: true, firstBadSeq: null, problem: null });
    expect(verdict.data.headSeq).toBe(verdict.data.events);
    expect((await plane.ai(['audit', 'verify'])).stdout).toContain(`head ${verdict.data.headSeq} ${verdict.data.headHash}`);
  });

  it.each([
    ['an altered event', "UPDATE event SET data = replace(data, 'Task 2', 'Task X') WHERE seq = 3", 3],
    ['an event with another author', "UPDATE event SET actor = 'user:mallory' WHERE seq = 2", 2],
    ['a removed event', 'DELETE FROM event WHERE seq = 3', 3],
    ['two events that changed places', 'UPDATE event SET seq = 1000 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 1000', 2],
    ['a cut tail', 'DELETE FROM event WHERE seq >= 4', 4],
  ])('does not verify with %s: exit code 1, and the first bad event is named', async (_name, sql, firstBadSeq) => {
    await fill(5);
    tamper(sql);
    const verdict = await verify();
    expect(verdict).toMatchObject({ code: 1, kind: 'audit.verify', data: { ok: false, firstBadSeq, headSeq: null } });
    expect((await answer(plane, ['audit', 'verify'], { code: 1, kind: 'audit.verify' })).data.problem).toMatch(/\S/);
    const text = await plane.ai(['audit', 'verify']);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain(`event ${firstBadSeq} is the first bad one`);
  });

  it.each<[string, number, string, string[]]>([
    ['an unknown task', 3, 'TASK_NOT_FOUND', ['audit', 'log', '--task', 't-zzzzzz']],
    ['a task that is no id', 2, 'INVALID_INPUT', ['audit', 'log', '--task', 'no id']],
    ['an unknown run', 3, 'RUN_NOT_FOUND', ['audit', 'log', '--run', 'r-zzzzzz']],
    ['a type that is none', 2, 'INVALID_INPUT', ['audit', 'log', '--type', "x' OR 1=1"]],
    ['a limit of none', 2, 'INVALID_INPUT', ['audit', 'log', '--limit', 'NaN']],
    ['a mistyped verb', 2, 'USAGE', ['audit', 'verfy']],
    ['too many words', 2, 'USAGE', ['audit', 'verify', 'everything']],
  ])('refuses %s: exit code %i, %s', async (_name, code, error, args) => {
    await refusal(plane, args, { code, error });
  });
});
