import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTaskFiles } from '../../../../src/adapters/task-files/task-files.js';

const parse = (text: string, source = '-') => createTaskFiles().parse(text, source);
const failure = (text: string, source?: string): Promise<{ code: string; message: string; details: unknown }> =>
  parse(text, source).then((entries) => { throw new Error(`accepted: ${JSON.stringify(entries)}`); }, (error: unknown) => error as never);

const bare = { name: null };

describe('the same tasks', () => {
  const expected = [
    { name: 'parser', title: 'Write the parser', locks: [{ pattern: 'src/parser/**', mode: 'exclusive' }, { pattern: 'docs/**', mode: 'shared' }], place: 'entry 1 ("Write the parser")' },
    { ...bare, title: 'Test it', dependsOn: ['parser'], timeoutMs: 900_000, budgetUsd: '2.5', place: 'entry 2 ("Test it")' },
  ];
  const objects = [
    { name: 'parser', title: 'Write the parser', locks: ['src/parser/**', { pattern: 'docs/**', mode: 'shared' }] },
    { title: 'Test it', dependsOn: ['parser'], timeoutMs: 900_000, budgetUsd: '2.5' },
  ];
  const yaml = `
# a comment
- name: parser
  title: Write the parser
  locks:
    - src/parser/**
    - {pattern: "docs/**", mode: shared}
- title: Test it
  dependsOn: [parser]
  timeout: 15m
  budgetUsd: 2.50
`;

  it.each([
    ['YAML', yaml, 'tasks.yaml'],
    ['YAML from stdin', yaml, '-'],
    ['JSON', JSON.stringify(objects, null, 2), 'tasks.json'],
    ['JSON from stdin', `\ufeff ${JSON.stringify(objects)}`, '-'],
    ['JSONL', objects.map((object) => JSON.stringify(object)).join('\n\n'), 'tasks.jsonl'],
    ['JSONL from stdin', `${objects.map((object) => JSON.stringify(object)).join('\r\n')}\n`, '-'],
    ['YAML in brackets', '[{name: parser, title: Write the parser, locks: [src/parser/**, {pattern: docs/**, mode: shared}]}, {title: Test it, dependsOn: [parser], timeout: 15m, budgetUsd: "2.5"}]', '-'],
  ])('can be written as %s', async (_form, text, source) => {
    const entries = await parse(text, source);
    expect(entries.map((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)))).toEqual(expected);
  });

  it('can be one object', async () => {
    expect(await parse('{\n  "title": "Alone"\n}')).toMatchObject([{ title: 'Alone' }]);
    expect(await parse('title: Alone\n', 'one.yaml')).toMatchObject([{ title: 'Alone' }]);
  });

  it('can be none', async () => {
    for (const text of ['', '[]', '# nothing\n']) expect(await parse(text)).toEqual([]);
  });
});

describe('what is wrong', () => {
  it.each([
    ['[{"title":"a"},{"titel":"b"}]', 'entry 2, "titel" is no key of a task; did you mean title?'],
    ['[{"title":"a","depends":["b"]}]', 'entry 1 ("a"), "depends" is no key of a task'],
    ['[{"title":"a","locks":[{"pattern":"x","mod":"shared"}]}]', 'entry 1 ("a"), "locks.0'],
    ['[{"description":"b"}]', 'entry 1, "title" is missing.'],
    ['[{"title":7}]', 'entry 1, "title"'],
    ['[{"title":"a","labels":"x"}]', 'entry 1 ("a"), "labels"'],
    ['[{"title":"a","timeout":"soon"}]', 'entry 1 ("a"), "timeout" "soon" is not a duration'],
    ['["just words"]', 'entry 1 is no task: write an object with at least a title.'],
    ['[{"name":"x","title":"a"},{"name":"x","title":"b"}]', 'entry 2 ("b"), "name" is "x", which is the name of entry 1 ("a") already.'],
    ['just words', 'standard input holds no list of tasks'],
  ])('is named by entry and key: %s', async (text, message) => {
    const error = await failure(text);
    expect(error.code).toBe('INVALID_IMPORT');
    expect(error.message).toContain(message);
  });

  it('is named by line where the text itself is broken', async () => {
    expect((await failure('{"title":"a"}\n{"title":', 'x.jsonl')).message).toContain('x.jsonl:2 is no JSON');
    expect((await failure('- title: a\n  locks: [\n', 'x.yaml')).message).toMatch(/^x\.yaml:\d+:\d+ is no YAML/);
    expect((await failure('[{"title":}]', 'x.json')).message).toContain('x.json is no JSON');
  });

  it('includes a title that would act on a terminal, made visible', async () => {
    expect((await failure('[{"title":"a\\u001b[2J","bogus":1}]')).message).toContain('"a\\u001b[2J"');
  });

  it('is a flood of aliases', async () => {
    const bomb = ['- &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, index) => `- &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(',')}]`)].join('\n');
    expect((await failure(bomb, 'x.yaml')).code).toBe('INVALID_IMPORT');
  });
});

it('throws nothing but INVALID_IMPORT, whatever the text', async () => {
  const pieces = fc.array(fc.constantFrom('[', ']', '{', '}', '"title"', ':', ',', '- ', '\n', 'title: x', '&a', '*a', '!!js/function', '\t', '"', "'", '?', '|', '%', '---\n', '\ud800', '7', 'null', '__proto__: 1'), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.constantFrom('-', 'x.yaml', 'x.json', 'x.jsonl'), async (parts, source) => {
      const outcome = await parse(parts.join(''), source).then(() => 'INVALID_IMPORT', (error: unknown) => (error as { code?: string }).code);
      expect(outcome).toBe('INVALID_IMPORT');
    }),
    { numRuns: 500 },
  );
});
