import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../../src/cli/program.js';
import { createHost } from '../../../../src/composition/host.js';
import type { Host } from '../../../../src/cli/host.js';
import { NO_GLOBALS, recordSession, type Recording } from '../recording-io.js';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-delete-')));
const openHost = (): Host => createHost({ environment: { HOME: folder, PATH: process.env['PATH'] }, cwd: () => folder, program: 'ai' });
beforeAll(async () => {
  const host = openHost();
  await host.initialise(NO_GLOBALS);
  host.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A person at a terminal who gives this answer to every question. */
async function ask(says: boolean, ...words: string[]): Promise<Recording & { readonly questions: readonly string[] }> {
  const questions: string[] = [];
  const session = recordSession();
  const openIo: Recording['openIo'] = (globals) => ({
    ...session.openIo(globals),
    confirm: async (question) => {
      questions.push(question);
      return says;
    },
  });
  const host = openHost();
  try {
    await runProgram(words, { ...session, openIo, host });
  } finally {
    host.close();
  }
  return { ...session, questions };
}

describe('ai task delete at a terminal', () => {
  it('asks first, names the task that the prefix stands for, and keeps it on a no', async () => {
    const id = (await ask(true, 'task', 'create', 'Precious \u202e', '--id-only')).stdout.text().trim();
    const kept = await ask(false, 'task', 'delete', id.slice(0, 5));
    expect(kept.questions).toEqual([`Delete ${id} (queued) Precious \\u{202e}?`]);
    expect(kept.stdout.text()).toBe(`${id} was not deleted.\n`);
    expect(kept.exitCode()).toBe(1);
    expect((await ask(true, 'task', 'show', id)).stdout.text()).toContain('Precious');
    const gone = await ask(true, 'task', 'delete', id);
    expect([gone.stdout.text(), gone.exitCode()]).toEqual([`Deleted ${id}; its events stay in the audit log.\n`, 0]);
    await expect(ask(true, 'task', 'show', id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});
