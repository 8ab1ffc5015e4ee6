import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSigningKeys } from '../../src/adapters/signing-key/signing-keys.js';
import type { CheckpointDeps } from '../../src/app/audit/audit-deps.js';
import { checkpointIfDue, makeCheckpoint } from '../../src/app/audit/checkpoint.js';
import { verifyLog } from '../../src/app/audit/verify-log.js';
import type { AuditVerdict } from '../../src/domain/audit/verdict.js';
import type { Store } from '../../src/ports/store.js';
import { Board } from '../unit/adapters/sqlite/board.js';

let board: Board;
let store: Store;
let config: string;
beforeEach(() => {
  board = new Board();
  store = board.store();
  config = mkdtempSync(path.join(tmpdir(), 'ai-config-'));
});
afterEach(() => {
  board.dispose();
  rmSync(config, { recursive: true, force: true });
});

const deps = (over: Store = store): CheckpointDeps => {
  const keys = createSigningKeys({ folder: path.join(config, 'keys'), database: board.file, projectRoot: board.folder, uid: process.getuid?.() ?? null });
  return { store: over, clock: board.clock, sha256: (text: string) => createHash('sha256').update(text).digest('hex'), signingKeys: async () => keys };
};

const verify = (): Promise<AuditVerdict> =>
  verifyLog({ ...deps(), store, place: { root: board.folder, aiFolder: board.folder, currentBranch: null, isRepository: false }, auditAnchors: () => Promise.reject(new Error('not in a repository')) }, { fromAnchor: null, key: null });

async function append(count: number, over: Store = store): Promise<void> {
  for (let index = 0; index < count; index += 1) await over.appendEvent({ type: 'note.made', task: null, run: null, token: null, data: { index } });
}

function tamper(sql: string): void {
  const database = board.raw();
  for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all() as { name: string }[]) database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  database.close();
}

describe('checkpoints', () => {
  it('are made by number, by time and at the end of a run, and not otherwise', async () => {
    expect(await checkpointIfDue(deps(), 'run')).toEqual({ kind: 'not_due' });
    await append(1);
    expect(await checkpointIfDue(deps(), 'write')).toMatchObject({ kind: 'made', checkpoint: { size: 1, reason: 'time' } });
    await append(3);
    expect(await checkpointIfDue(deps(), 'write')).toEqual({ kind: 'not_due' });
    expect(await checkpointIfDue(deps(), 'run')).toMatchObject({ kind: 'made', checkpoint: { size: 4, reason: 'run' } });
    expect(await checkpointIfDue(deps(), 'run')).toEqual({ kind: 'not_due' });
    await append(256);
    expect(await checkpointIfDue(deps(), 'write')).toMatchObject({ kind: 'made', checkpoint: { size: 260, reason: 'events' } });
    expect(await verify()).toMatchObject({ status: 'ok', signed: { from: 1, to: 260 }, unsigned: null, checkpoints: 3 });
  });

  it('do not trust the stored frontier, and go on without it', async () => {
    await append(5);
    await makeCheckpoint(deps(), 'run');
    await store.saveFrontier({ size: 5, hashes: ['00'.repeat(32), '11'.repeat(32)] });
    await append(2);
    expect(await makeCheckpoint(deps(), 'run')).toMatchObject({ size: 7 });
    expect(await verify()).toMatchObject({ status: 'ok', signed: { to: 7 } });
  });

  it('are not signed over an event that was edited, nor over less than was signed', async () => {
    await append(5);
    await makeCheckpoint(deps(), 'run');
    await append(3);
    tamper(`UPDATE event SET data = '{"index":9}' WHERE seq = 7`);
    expect(await checkpointIfDue(deps(), 'run')).toMatchObject({ kind: 'failed', error: { code: 'VERIFICATION_FAILED', details: { firstBadSeq: 7 } } });
    tamper(`DELETE FROM event WHERE seq > 3; DELETE FROM checkpoint; UPDATE meta SET number = 3, text = (SELECT hash FROM event WHERE seq = 3) WHERE name = 'head'`);
    expect(await checkpointIfDue(deps(), 'run')).toMatchObject({ kind: 'failed', error: { code: 'VERIFICATION_FAILED' } });
    expect(await verify()).toMatchObject({ status: 'bad', firstBadSeq: 4 });
  });

  it('without the key fail as an answer, and no second key is made', async () => {
    await append(2);
    await makeCheckpoint(deps(), 'run');
    rmSync(path.join(config, 'keys'), { recursive: true });
    await append(1);
    expect(await checkpointIfDue(deps(), 'run')).toMatchObject({ kind: 'failed', error: { code: 'CREDENTIALS' } });
    expect(readdirSync(config)).toEqual([]);
    expect(await verify()).toMatchObject({ status: 'undecidable' });
  });

  it('of two writers at once are of one log', async () => {
    const other = board.store();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([append(3), append(2, other)]);
      const made = await Promise.all([checkpointIfDue(deps(), 'run'), checkpointIfDue(deps(other), 'run')]);
      expect(made.filter(({ kind }) => kind === 'failed')).toEqual([]);
    }
    expect(await verify()).toMatchObject({ status: 'ok', signed: { from: 1, to: 25 } });
  });
});
