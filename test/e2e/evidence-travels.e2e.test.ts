import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AI_PROGRAM, createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';

/** One machine where an agent works, and a clone on another one, without database and key, that has to believe it. */
let plane: ControlPlane;
let clone: string;
let first: string;
beforeAll(async () => {
  plane = await createControlPlane({ files: { 'README.md': '# A project\n', '.ai/policy.yaml': 'policy: 1\nname: shop\nrules:\n  - { id: no-keys, effect: deny, on: [commit, path.write], paths: ["**/*.pem"], why: Keys stay out., examples: [{ expect: deny, path: a.pem }] }\n' } });
  await plane.json(['agent', 'register', 'worker', '--connector', 'command', '--', '/bin/sh', '-c', 'echo made > made.txt']);
  const key: Json = await plane.json(['task', 'create', 'Warm up', '--isolation', 'none']);
  await plane.json(['task', 'execute', key.data.id]);
  plane.write('.ai/audit-keys', `# keys of the machines that run agents\n${(await plane.json(['audit', 'key'])).data.verifierKey}\n`);
  plane.git('add', '-A');
  plane.git('commit', '-q', '-m', 'Trust the key of this machine');
  first = plane.git('rev-parse', 'HEAD');
  const task: Json = await plane.json(['task', 'create', 'Make it', '--verify', 'test -f made.txt']);
  // What the run in place left is the agent's file already; another content makes a change.
  await plane.json(['agent', 'update', 'worker', '--', '/bin/sh', '-c', 'echo again > made.txt']);
  expect((await plane.json(['task', 'execute', task.data.id])).data.run.outcome).toBe('succeeded');
  await plane.json(['task', 'merge', task.data.id]);
  await plane.json(['audit', 'export', '--task', task.data.id, '--to-notes']);
  clone = path.join(plane.outside, 'clone');
  plane.git('clone', '-q', plane.root, clone);
});
afterAll(() => plane.dispose());

interface Checked {
  readonly code: number | null;
  readonly rules: readonly string[];
  readonly undecidable: unknown;
}

const git = (...args: readonly string[]): string => {
  const result = spawnSync('git', args, { cwd: clone, env: { ...plane.env }, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
};

/** As CI does: in the clone, with a home of its own. */
function check(): Checked {
  const home = path.join(plane.outside, 'ci-home');
  mkdirSync(home, { recursive: true });
  const result = spawnSync(process.execPath, [AI_PROGRAM, 'policy', 'check', '--base', first, '--require-evidence', '--json'], { cwd: clone, env: { ...plane.env, HOME: home }, encoding: 'utf8' });
  const document: Json = JSON.parse(result.stdout);
  return { code: result.status, rules: document.data.violations.map((violation: Json) => violation.rule), undecidable: document.data.undecidable };
}

const fetchNotes = (): string => git('fetch', '-q', 'origin', '+refs/notes/ai:refs/notes/ai');

describe('what an agent did, on another machine', () => {
  it('is not believed without its evidence', () => expect(check()).toMatchObject({ code: 1, rules: ['agent-commit-without-notes'] }));

  it('is believed with it: a run, a decision that allowed it, digests and a signature of a trusted key', () => {
    fetchNotes();
    expect(check()).toEqual({ code: 0, rules: [], undecidable: null });
  });

  it('is not believed when the note was edited', () => {
    fetchNotes();
    const lines = git('notes', '--ref=ai', 'show', 'HEAD').split('\n').filter((line) => line !== '');
    const [envelope = '', ...rest] = lines;
    const document = JSON.parse(envelope);
    const payload = Buffer.from(document.payload, 'base64').toString('utf8').replaceAll('"worker"', '"other1"');
    const forged = JSON.stringify({ ...document, payload: Buffer.from(payload).toString('base64') });
    writeFileSync(path.join(plane.outside, 'note'), [forged, ...rest].join('\n'));
    git('notes', '--ref=ai', 'add', '-f', '-F', path.join(plane.outside, 'note'), 'HEAD');
    expect(check()).toMatchObject({ code: 1, rules: ['evidence-unsigned'] });
  });

  it('is not believed on the word of a key that the range brings along', () => {
    fetchNotes();
    const untrusted = spawnSync(process.execPath, [AI_PROGRAM, 'policy', 'check', '--base', `${first}^`, '--head', 'main', '--require-evidence', '--json'], { cwd: clone, env: { ...plane.env }, encoding: 'utf8' });
    expect(untrusted.status).toBe(1);
    expect(JSON.parse(untrusted.stdout).data.violations.map((violation: Json) => violation.rule)).toEqual(['evidence-unsigned']);
  });

  it('needs evidence for every commit that names an agent', () => {
    fetchNotes();
    writeFileSync(path.join(clone, 'more.txt'), 'more\n');
    git('add', '-A');
    git('commit', '-q', '-m', 'More\n\nAI-Agent: worker');
    const after = check();
    git('reset', '-q', '--hard', 'HEAD~1');
    expect(after).toMatchObject({ code: 1, rules: ['commit-without-run', 'agent-commit-without-notes'] });
  });
});
