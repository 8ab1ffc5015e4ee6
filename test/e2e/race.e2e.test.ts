import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createControlPlane, type CommandOutput, type ControlPlane, type Json } from '../support/control-plane.js';

const PROCESSES = 64;
/** `AI_RACE_ROUNDS=20 npx vitest run test/e2e/race` until you believe it. */
const ROUNDS = Number(process.env['AI_RACE_ROUNDS'] ?? 2);

let plane: ControlPlane;
beforeAll(async () => {
  plane = await createControlPlane({ repository: false });
});
afterAll(() => plane.dispose());

const together = (args: (index: number) => readonly string[]): Promise<CommandOutput[]> => Promise.all(Array.from({ length: PROCESSES }, (_, index) => plane.ai([...args(index), '--json'])));
const parsed = (output: CommandOutput): Json => JSON.parse(output.stdout);

describe(`${PROCESSES} real processes at once`, () => {
  it(`claim one task: exactly one wins, ${ROUNDS} rounds`, { timeout: 300_000 }, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const task: Json = await plane.json(['task', 'create', `Round ${round}`, '--lock', `area-${round}/**`]);
      const outputs = await together((index) => ['task', 'claim', task.data.id, '--as', `worker-${index}`]);
      const winners = outputs.filter((output) => output.code === 0);
      expect(winners).toHaveLength(1);
      const losers = outputs.filter((output) => output.code !== 0).map((output) => ({ code: output.code, error: parsed(output).error.code }));
      expect(losers).toEqual(Array.from({ length: PROCESSES - 1 }, () => ({ code: 5, error: 'LEASE_HELD' })));
      const lease = parsed(winners[0]!).data.lease;
      await plane.json(['task', 'complete', task.data.id, '--token', String(lease.token)]);
    }
  });

  it('create, claim and complete: what was reported stored is stored, once, and nobody saw the database', { timeout: 300_000 }, async () => {
    const created = await together((index) => ['task', 'create', `Job ${index}`, '--lock', `jobs/${index}.txt`]);
    expect(created.map((output) => output.code)).toEqual(created.map(() => 0));
    const ids = created.map((output) => parsed(output).data.id as string);
    expect(new Set(ids).size).toBe(PROCESSES);

    const claimed = await together((index) => ['task', 'claim', '--as', `worker-${index}`]);
    expect(claimed.map((output) => output.code)).toEqual(claimed.map(() => 0));
    const leases = claimed.map((output) => ({ id: parsed(output).data.id as string, token: parsed(output).data.lease.token as number }));
    expect(new Set(leases.map((lease) => lease.id))).toEqual(new Set(ids));
    expect(new Set(leases.map((lease) => lease.token)).size).toBe(PROCESSES);

    const completed = await together((index) => ['task', 'complete', leases[index]!.id, '--token', String(leases[index]!.token)]);
    expect(completed.map((output) => output.code)).toEqual(completed.map(() => 0));
    const list: Json = await plane.json(['task', 'list', '--status', 'done', '--limit', '1000']);
    expect(list.data.map((task: Json) => task.id)).toEqual(expect.arrayContaining(ids));
    expect(`${JSON.stringify(created)}${JSON.stringify(claimed)}${JSON.stringify(completed)}`).not.toMatch(/SQLITE_|database is locked/);
    const verdict: Json = await plane.json(['audit', 'verify']);
    expect(verdict.data.ok).toBe(true);
    const doctor: Json = await plane.json(['doctor']);
    expect(doctor.data.checks.filter((check: Json) => check.name.startsWith('database') && check.state === 'problem')).toEqual([]);
  });
});
