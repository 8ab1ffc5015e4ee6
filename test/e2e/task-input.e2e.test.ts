import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, refusal } from '../support/cli-expectations.js';
import { createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await createControlPlane();
});
afterAll(() => plane.dispose());

async function create(title: string, ...options: readonly string[]): Promise<string> {
  return (await answer(plane, ['task', 'create', title, ...options], { kind: 'task.create' })).data.id;
}

const show = async (id: string): Promise<Json> => (await answer(plane, ['task', 'show', id], { kind: 'task.show' })).data;

describe('an import', () => {
  const PLAN = '- name: design\n  title: Design\n- name: build\n  title: Build\n  dependsOn: [design]\n  locks: ["src/**", {pattern: "docs/**", mode: shared}]\n';

  it('creates all of a file, with local names', async () => {
    plane.write('plan.yaml', PLAN);
    expect((await answer(plane, ['task', 'import', 'plan.yaml', '--dry-run'], { kind: 'task.import' })).data).toEqual([{ id: null, name: 'design', title: 'Design' }, { id: null, name: 'build', title: 'Build' }]);
    const imported = await answer(plane, ['task', 'import', '-', '--idempotency-key', 'plan'], { input: PLAN });
    const [design, build] = imported.data;
    expect(await show(build.id)).toMatchObject({ dependsOn: [design.id], locks: [{ pattern: 'src/**', mode: 'exclusive' }, { pattern: 'docs/**', mode: 'shared' }] });
    expect((await answer(plane, ['task', 'import', 'plan.yaml', '--idempotency-key', 'plan'])).data).toEqual(imported.data);
    const jsonl = await answer(plane, ['task', 'import', '-'], { input: '{"title":"One"}\n{"title":"Two"}\n' });
    expect(jsonl.meta.total).toBe(2);
  });

  it.each([
    ['broken YAML', '- title: "x', 'INVALID_IMPORT'],
    ['broken JSON', '[{"title": "x"', 'INVALID_IMPORT'],
    ['a broken line of JSONL', '{"title":"a"}\n{"title":\n', 'INVALID_IMPORT'],
    ['nothing', '', 'INVALID_IMPORT'],
    ['an empty list', '[]', 'INVALID_IMPORT'],
    ['no title', '- description: x', 'INVALID_IMPORT'],
    ['an unknown key', '- title: x\n  titel: y', 'INVALID_IMPORT'],
    ['a number for a title', '- title: 7', 'INVALID_IMPORT'],
    ['a bad glob', '- title: x\n  locks: ["../x"]', 'INVALID_IMPORT'],
    ['a dependency that is nowhere', '- title: x\n  dependsOn: [nowhere]', 'INVALID_IMPORT'],
    ['the same name twice', '- {title: x, name: a}\n- {title: y, name: a}', 'INVALID_IMPORT'],
    ['a title of 1 MB', `- title: ${'x'.repeat(1_000_000)}`, 'INVALID_IMPORT'],
    ['a control character in a title', JSON.stringify([{ title: 'a\u001bb' }]), 'INVALID_IMPORT'],
    ['a scalar', '42', 'INVALID_IMPORT'],
    ['a cycle', '- {title: x, name: a, dependsOn: [b]}\n- {title: y, name: b, dependsOn: [a]}', 'DEPENDENCY_CYCLE'],
    ['a task that depends on itself', '- {title: x, name: a, dependsOn: [a]}', 'DEPENDENCY_CYCLE'],
  ])('with %s is refused, and nothing is created', async (_name, input, error) => {
    const before = (await answer(plane, ['task', 'list'])).meta.total;
    await refusal(plane, ['task', 'import', '-'], { input, code: 2, error });
    expect((await answer(plane, ['task', 'list'])).meta.total).toBe(before);
  });

  it('of a file that is not there', async () => {
    await refusal(plane, ['task', 'import', 'missing.yaml'], { code: 3, error: 'FILE_NOT_FOUND' });
    await refusal(plane, ['task', 'import', '.'], { code: 2, error: 'INVALID_INPUT' });
  });
});

describe('wrong input', () => {
  const HUGE = 'x'.repeat(100_000);
  it.each<[string, number, string, string[]]>([
    ['no verb', 2, 'USAGE', ['task']],
    ['a mistyped verb', 2, 'USAGE', ['task', 'creat', 'x']],
    ['a mistyped option', 2, 'USAGE', ['task', 'create', 'x', '--lable', 'a']],
    ['no title', 2, 'USAGE', ['task', 'create']],
    ['an empty title', 2, 'INVALID_INPUT', ['task', 'create', '']],
    ['a title that was not quoted', 2, 'USAGE', ['task', 'create', 'Write', 'the', 'parser']],
    ['a huge title', 2, 'INVALID_INPUT', ['task', 'create', HUGE]],
    ['an escape in the title', 2, 'INVALID_INPUT', ['task', 'create', 'a\u001b[2Jb']],
    ['a line break in the title', 2, 'INVALID_INPUT', ['task', 'create', 'a\nb']],
    ['two descriptions', 2, 'USAGE', ['task', 'create', 'x', '-d', 'a', '-F', '-']],
    ['a file that is not there', 3, 'FILE_NOT_FOUND', ['task', 'create', 'x', '-F', 'missing.md']],
    ['a folder for a file', 2, 'INVALID_INPUT', ['task', 'create', 'x', '-F', '.']],
    ['an unknown priority', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--priority', 'urgent']],
    ['a bad glob', 2, 'INVALID_GLOB', ['task', 'create', 'x', '--lock', 'src/[a']],
    ['a glob that leaves the repository', 2, 'INVALID_GLOB', ['task', 'create', 'x', '--lock', '../etc/**']],
    ['an absolute glob', 2, 'INVALID_GLOB', ['task', 'create', 'x', '--lock-shared', '/etc/**']],
    ['a dependency that is not there', 3, 'TASK_NOT_FOUND', ['task', 'create', 'x', '--depends-on', 't-zzzzzz']],
    ['a dependency that is no id', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--depends-on', 'not an id']],
    ['a parent that is not there', 3, 'TASK_NOT_FOUND', ['task', 'create', 'x', '--parent', 't-zzzzzz']],
    ['a label with a space', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--label', 'two words']],
    ['an agent that can be none', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--agent', 'No Such Agent']],
    ['a timeout without a unit', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--timeout', '30']],
    ['a negative timeout', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--timeout', '-5m']],
    ['attempts that are no number', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--max-attempts', 'NaN']],
    ['negative attempts', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--max-attempts', '-1']],
    ['endless attempts', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--max-attempts', '1e9']],
    ['a budget that is no money', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--budget', 'Infinity']],
    ['an empty check', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--verify', '  ']],
    ['an unknown isolation', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--isolation', 'container']],
    ['an empty idempotency key', 2, 'INVALID_INPUT', ['task', 'create', 'x', '--idempotency-key', '']],
    ['an unknown status', 2, 'INVALID_INPUT', ['task', 'list', '--status', 'open']],
    ['a limit of none', 2, 'INVALID_INPUT', ['task', 'list', '--limit', '0']],
    ['a limit beyond all bounds', 2, 'INVALID_INPUT', ['task', 'list', '--limit', '99999999999999999999']],
    ['a cursor that is none', 2, 'INVALID_INPUT', ['task', 'list', '--after', 'yesterday']],
    ['an unknown task', 3, 'TASK_NOT_FOUND', ['task', 'show', 't-zzzzzz']],
    ['an id that is none', 2, 'INVALID_INPUT', ['task', 'show', '../../etc/passwd']],
    ['an id with an escape', 2, 'INVALID_INPUT', ['task', 'show', '\u001b[31m']],
    ['an edit without a change', 2, 'USAGE', ['task', 'edit', 'FIRST']],
    ['an edit of nothing', 3, 'TASK_NOT_FOUND', ['task', 'edit', 't-zzzzzz', '--title', 'x']],
    ['nobody to claim', 2, 'USAGE', ['task', 'claim', 'FIRST']],
    ['a lease without end', 2, 'INVALID_INPUT', ['task', 'claim', 'FIRST', '--as', 'w', '--ttl', '300d']],
    ['a name of several lines', 2, 'INVALID_INPUT', ['task', 'claim', 'FIRST', '--as', 'a\nb']],
    ['a claim of nothing', 3, 'TASK_NOT_FOUND', ['task', 'claim', 't-zzzzzz', '--as', 'w']],
    ['no token', 2, 'USAGE', ['task', 'heartbeat', 'FIRST']],
    ['a token that is none', 2, 'INVALID_INPUT', ['task', 'complete', 'FIRST', '--token', 'abc']],
    ['a negative token', 2, 'INVALID_INPUT', ['task', 'complete', 'FIRST', '--token', '-1']],
    ['a token of nobody', 5, 'LEASE_STALE', ['task', 'complete', 'FIRST', '--token', '1']],
    ['no task to work on', 2, 'USAGE', ['task', 'start', '--token', '1']],
    ['progress without news', 2, 'USAGE', ['task', 'progress', 'FIRST', '--token', '1']],
    ['more than everything', 2, 'INVALID_INPUT', ['task', 'progress', 'FIRST', '--token', '1', '--percent', '101']],
    ['a failure without a reason', 2, 'USAGE', ['task', 'fail', 'FIRST', '--token', '1']],
    ['a failure of no class', 2, 'INVALID_INPUT', ['task', 'fail', 'FIRST', '--token', '1', '--reason', 'x', '--class', 'weather']],
    ['a result that can not be stored', 2, 'INVALID_INPUT', ['task', 'complete', 'FIRST', '--token', '1', '--result', '["\\ud800"]']],
    ['a block without a reason', 2, 'USAGE', ['task', 'block', 'FIRST']],
    ['what is not paused', 5, 'ILLEGAL_TRANSITION', ['task', 'resume', 'FIRST']],
    ['what is not blocked', 5, 'ILLEGAL_TRANSITION', ['task', 'unblock', 'FIRST']],
    ['what has not failed', 5, 'ILLEGAL_TRANSITION', ['task', 'retry', 'FIRST']],
    ['a wait that is none', 2, 'INVALID_INPUT', ['task', 'cancel', 'FIRST', '--wait', 'a while']],
    ['an unknown format', 2, 'USAGE', ['task', 'graph', '--format', 'png']],
    ['a graph around nothing', 3, 'TASK_NOT_FOUND', ['task', 'graph', 't-zzzzzz']],
    ['a timeline of nothing', 3, 'TASK_NOT_FOUND', ['task', 'timeline', 't-zzzzzz']],
    ['why of nothing', 3, 'TASK_NOT_FOUND', ['task', 'why', 't-zzzzzz']],
    ['a log of what was not run', 3, 'RUN_NOT_FOUND', ['task', 'logs', 'FIRST']],
    ['a diff of what was not run', 3, 'RUN_NOT_FOUND', ['task', 'diff', 'FIRST']],
    ['a run that is none', 2, 'INVALID_INPUT', ['task', 'logs', 'FIRST', '--run', 'no run']],
    ['a sequence number that is none', 2, 'INVALID_INPUT', ['task', 'logs', 'FIRST', '--since', '-1']],
    ['a merge of what is not done', 5, 'NOTHING_TO_MERGE', ['task', 'merge', 'FIRST']],
    ['nobody to execute', 3, 'AGENT_NOT_FOUND', ['task', 'execute', 'FIRST']],
    ['an unknown agent to execute', 3, 'AGENT_NOT_FOUND', ['task', 'execute', 'FIRST', '--agent', 'nobody']],
    ['a detached dry run', 2, 'USAGE', ['task', 'execute', 'FIRST', '--dry-run', '--detach']],
    ['a watch of nothing', 3, 'TASK_NOT_FOUND', ['task', 'watch', 't-zzzzzz']],
  ])('%s: exit code %i, %s', async (_name, code, error, args) => {
    const first = await firstTask();
    await refusal(plane, args.map((word) => (word === 'FIRST' ? first : word)), { code, error });
  });

  it('is a document with the hint and the candidates', async () => {
    const error = await refusal(plane, ['task', 'creat', 'x'], { code: 2, error: 'USAGE' });
    expect(error).toMatchObject({ hint: 'ai task create', details: { suggestions: ['create'] } });
  });

  it('is an ambiguous prefix, with the candidates; one character more is enough', async () => {
    // More tasks than letters: two of them begin alike.
    const { data } = await answer(plane, ['task', 'import', '-'], { input: JSON.stringify(Array.from({ length: 33 }, (_, index) => ({ title: `Crowd ${index}` }))) });
    const ids: string[] = data.map((task: Json) => task.id);
    const prefix = ids.map((id) => id.slice(0, 3)).find((start, index, all) => all.indexOf(start) !== index) ?? '';
    const error = await refusal(plane, ['task', 'show', prefix], { code: 2, error: 'AMBIGUOUS_ID' });
    expect(error.details.candidates.length).toBeGreaterThan(1);
    for (const candidate of error.details.candidates) expect(candidate.startsWith(prefix)).toBe(true);
    expect((await show(ids[0]!.slice(2).toUpperCase())).id).toBe(ids[0]);
  });

  it('changed nothing', async () => {
    expect(await show(await firstTask())).toMatchObject({ status: 'queued', revision: 1, attempt: 0 });
  });

  let first: string | undefined;
  async function firstTask(): Promise<string> {
    return (first ??= await create('Never touched'));
  }
});
