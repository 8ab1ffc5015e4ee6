import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, outputOf, type ControlPlane, type Json } from '../support/control-plane.js';
import { validateOutput } from '../support/validate-output.js';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await createControlPlane({ repository: false });
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five']) await create(title);
  const id = await create('Done');
  await answer(plane, ['task', 'complete', id, '--token', await claim(id, 'w')]);
});
afterAll(() => plane.dispose());

async function create(title: string): Promise<string> {
  return (await answer(plane, ['task', 'create', title])).data.id;
}

async function claim(id: string, holder: string): Promise<string> {
  return String((await answer(plane, ['task', 'claim', id, '--as', holder])).data.lease.token);
}

describe('events', () => {
  it('are one readable line each, one document, or JSON lines, from any point on', async () => {
    const lines = (await plane.ai(['events', '--jsonl', '--since', '3'])).stdout.trimEnd().split('\n');
    for (const line of lines.slice(0, 5)) await validateOutput(`${line}\n`);
    const seqs = lines.map((line) => (JSON.parse(line)).seq);
    expect(seqs).toEqual(seqs.map((_seq, index) => index + 4));
    expect((await plane.ai(['events', '--since', '3'])).stdout.trimEnd().split('\n')).toHaveLength(lines.length);
    const document = await answer(plane, ['events', '--since', '3', '--type', 'task.completed'], { kind: 'events.list' });
    expect(new Set(document.data.map((event: Json) => event.type))).toEqual(new Set(['task.completed']));
    await refusal(plane, ['events', '--since', 'x'], { code: 2, error: 'INVALID_INPUT' });
    await refusal(plane, ['events', '--type', 'Nonsense'], { code: 2, error: 'INVALID_INPUT' });
    expect((await answer(plane, ['events', '-f'], { code: 2, kind: 'error' })).error.hint).toBe('ai events -f --jsonl');
  });

  it('are followed without loss or repeats, also after a break, and end with Ctrl-C', async () => {
    const head = (await answer(plane, ['audit', 'verify'])).data.headSeq as number;
    const follow = async (since: number, until: number): Promise<number[]> => {
      const child = plane.start(['events', '-f', '--jsonl', '--since', String(since)]);
      const seqs: number[] = [];
      let rest = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        const pieces = (rest + chunk.toString('utf8')).split('\n');
        rest = pieces.pop() ?? '';
        seqs.push(...pieces.map((line) => (JSON.parse(line)).seq as number));
        if (seqs.includes(until)) child.kill('SIGINT');
      });
      const output = await outputOf(child);
      expect(output.code).toBe(130);
      expect(output.stderr).toBe('');
      return seqs;
    };
    const [first] = await Promise.all([follow(head, head + 3), (async () => { for (let index = 0; index < 3; index += 1) await create(`Followed ${index}`); })()]);
    const last = first.at(-1) ?? 0;
    const [second] = await Promise.all([follow(last, last + 2), (async () => { for (let index = 0; index < 2; index += 1) await create(`Followed again ${index}`); })()]);
    expect([...first, ...second]).toEqual(Array.from({ length: first.length + second.length }, (_, index) => head + 1 + index));
  });

  it('of a task are watched until it is finished', async () => {
    const id = await create('Watched');
    const head = (await answer(plane, ['audit', 'verify'])).data.headSeq as number;
    const watching = plane.ai(['task', 'watch', id, '--since', String(head)]);
    await answer(plane, ['task', 'complete', id, '--token', await claim(id, 'w')]);
    const output = await watching;
    expect(output.code).toBe(0);
    expect(output.stdout.trimEnd().split('\n').map((line) => /task\.\w+/.exec(line)?.[0] ?? line)).toEqual(['task.claimed', 'task.completed', `✓ done  ${id}  Watched`]);
    expect((await answer(plane, ['task', 'watch', id], { kind: 'task.watch' })).data).toMatchObject([{ id, status: 'done' }]);
    expect((await answer(plane, ['task', 'watch'], { code: 2 })).error.hint).toBe('ai task watch --jsonl');
  });
});
