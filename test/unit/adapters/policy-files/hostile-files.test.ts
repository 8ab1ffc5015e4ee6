import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConditionCompiler } from '../../../../src/adapters/cel/condition-compiler.js';
import { checkText } from '../../../../src/adapters/policy-files/check-text.js';
import { checkTokens } from '../../../../src/adapters/policy-files/check-tokens.js';
import { POLICY_FILE_LIMITS } from '../../../../src/adapters/policy-files/limits.js';
import { parsePolicyFile } from '../../../../src/adapters/policy-files/parse-policy-file.js';
import type { PolicyProblem } from '../../../../src/adapters/policy-files/problem.js';
import { isAiError } from '../../../../src/domain/kernel/errors.js';

const compile = createConditionCompiler();

function problemsOf(text: string): readonly PolicyProblem[] {
  try {
    parsePolicyFile({ text, source: 'p', revision: null, layer: 'project' }, compile);
  } catch (error) {
    if (isAiError(error, 'INVALID_POLICY')) return error.details['problems'] as readonly PolicyProblem[];
    throw error;
  }
  throw new Error('it was read');
}

const { bytes, lines, depth, tokens, rules, items } = POLICY_FILE_LIMITS;
const levels = (count: number): string => Array.from({ length: count }, (_, index) => `${' '.repeat(index)}a:`).join('\n');

describe('what no parser gets to see', () => {
  it.each([
    ['a file of 3 MB', 'a'.repeat(3_000_000), '1:1', 'larger than 256 KiB'],
    ['a file of 3 MB in three-byte characters', '\u20ac'.repeat(1_000_000), '1:1', 'larger than 256 KiB'],
    ['50,000 rules', `policy: 1\nrules:\n${'  - { id: a, effect: ask, on: [commit] }\n'.repeat(50_000)}`, '1:1', 'larger than 256 KiB'],
    ['very many lines', '\n'.repeat(lines), '10001:1', `more than ${lines} lines`],
    ['a very long line', `policy: 1\n#${'x'.repeat(10_000)}`, '2:1', 'characters'],
    ['a tab', 'policy: 1\nrules:\n\t- id: a', '3:1', 'a tab'],
    ['a tab in a comment', 'policy: 1 #\tx', '1:12', 'a tab'],
    ['a carriage return alone', 'policy: 1 # x\rrules: []', '1:14', 'U+000D'],
    ['a zero-width space in a key', 'policy: 1\neff\u200bect: ask', '2:4', 'U+200B'],
    ['a bidirectional override', 'policy: 1 # \u202e', '1:13', 'U+202E'],
    ['a second byte order mark', '\ufeff\ufeffpolicy: 1', '1:1', 'U+FEFF'],
    ['a no-break space', 'policy:\u00a01', '1:8', 'U+00A0'],
    ['a lone surrogate', 'policy: 1 # \ud800', '1:13', 'U+D800'],
    ['NUL', 'policy: 1 # \0', '1:13', 'U+0000'],
    ['an escape sequence', 'policy: 1 # \u001b[2J', '1:13', 'U+001B'],
    ['a tag character', 'policy: 1 # \u{e0041}', '1:13', 'U+E0041'],
    ['a line separator', 'policy: 1 # \u2028', '1:13', 'U+2028'],
    ['bytes that are no UTF-8', new TextDecoder().decode(Uint8Array.from([0x70, 0xff])), '1:2', 'no UTF-8'],
    ['an anchor', 'policy: 1\nsets: { a: &a [x] }', '2:12', 'anchors'],
    ['an alias', 'policy: 1\nsets: { a: *a }', '2:12', 'aliases'],
    ['a tag of ours', 'policy: 1\nsets: !ours { a: [x] }', '2:7', 'tags'],
    ['a standard tag', 'policy: !!int "1"', '1:9', 'tags'],
    ['a tag that other parsers run', 'policy: !!python/object/apply:os.system ["x"]', '1:9', 'tags'],
    ['a directive', '%YAML 1.1\n---\npolicy: 1', '1:1', 'directives'],
    ['a second document', 'policy: 1\n---\npolicy: 1', '2:1', 'a second document'],
    ['an empty first document', '---\n---\npolicy: 1', '2:1', 'a second document'],
    ['an end of document', 'policy: 1\n...\npolicy: 1', '2:1', 'an end of document'],
    ['a bomb of aliases', `a: &a [x,x]\n${Array.from('bcdefghij', (name, index) => `${name}: &${name} [*${'abcdefghij'.charAt(index)},*${'abcdefghij'.charAt(index)}]`).join('\n')}`, '1:4', 'anchors'],
    ['5,000 brackets', '['.repeat(5_000), '1:33', 'nested more than 16 deep'],
    ['5,000 braces', '{a: '.repeat(2_000), '1:129', 'nested more than 16 deep'],
    ['brackets on many lines', '[\n'.repeat(5_000), '33:1', 'nested more than 16 deep'],
    ['brackets with closing ones in quotes', '["]", '.repeat(1_200), '1:193', 'nested more than 16 deep'],
    // 5,000 of these end the process when the parser gets them.
    ['5,000 dashes', '- '.repeat(4_000), '1:65', 'nested more than 16 deep'],
    ['5,000 question marks', '? '.repeat(4_000), '1:65', 'nested more than 16 deep'],
    ['5,000 colons', ': '.repeat(4_000), '1:65', 'nested more than 16 deep'],
    ['700 indentations', levels(700), '33:33', 'nested more than 16 deep'],
    ['very many commas', `policy: 1\nsets: [\n${` ${','.repeat(8_000)}\n`.repeat(30)}`, null, `more than ${tokens} words and signs`],
  ])('%s', (_, text, place, message) => {
    const [problem, ...others] = problemsOf(text);
    expect(others).toEqual([]);
    expect(problem?.message).toContain(message);
    if (place !== null) expect(problem?.at).toBe(`p:${place}`);
    expect(problem?.hint).not.toBeNull();
    expect(checkText(text.replace(/^\ufeff/, '')) ?? checkTokens(text)).not.toBeNull();
  });

  it('stops at the first place that is wrong', () => {
    const text = `a: [${'['.repeat(bytes / 64)}`;
    expect(checkTokens(text)?.offset).toBeLessThan(40);
  });
});

describe('what the parser refuses', () => {
  it.each([
    ['nothing', '', '1:1', 'the policy is empty'],
    ['comments only', '# policy: 1\n\n# end\n', '1:1', 'the policy is empty'],
    ['a document without content', '---\n', '1:4', 'the policy is empty'],
    ['a broken line', 'policy: 1\nrules: [', '2:9', 'this is no YAML'],
    ['a broken indentation', 'policy: 1\n rules: 2', '1:9', 'this is no YAML'],
    ['17 levels', `policy: 1\nsets: ${'['.repeat(depth)}${']'.repeat(depth)}`, '2:22', 'nested more than 16 deep'],
    ['a key that is a list', 'policy: 1\n[a]: b', null, 'this is no YAML'],
    ['a merge key', 'policy: 1\n<<: { a: 1 }', '2:1', 'merge keys'],
    ['a key twice', 'policy: 1\npolicy: 1', '2:1', 'the key "policy" stands twice in the policy'],
    ['a key twice in two spellings', 'policy: 1\n"policy": 1', '2:1', 'the key "policy" stands twice in the policy'],
    ['a key twice deep inside', 'policy: 1\nlimits: { run: { usd: 1, usd: 2 } }', '2:26', 'the key "usd" stands twice in run'],
    ['1,001 rules', `policy: 1\nrules:\n${Array.from({ length: rules + 1 }, (_, index) => `  - { id: a${index}, effect: ask, on: [commit] }\n`).join('')}`, '3:3', `the limit is ${rules}`],
    ['257 paths', `policy: 1\nsets:\n  a: [${Array.from({ length: items + 1 }, (_, index) => `"${index}"`).join()}]`, '3:6', `the limit is ${items}`],
  ])('%s', (_, text, place, message) => {
    const problems = problemsOf(text);
    const problem = problems.find((one) => one.message.includes(message));
    expect(problem, JSON.stringify(problems)).toBeDefined();
    if (place !== null) expect(problem?.at).toBe(`p:${place}`);
  });

  it('few rules that stand for very many paths', () => {
    const sets = Array.from({ length: 4 }, (_, set) => `  s${set}: [${Array.from({ length: items }, (__, index) => `"${set}/${index}"`).join()}]`).join('\n');
    const text = `policy: 1\nsets:\n${sets}\nrules:\n${Array.from({ length: 40 }, (_, index) => `  - { id: a${index}, effect: ask, on: [commit], paths: ["@s0", "@s1", "@s2", "@s3"] }`).join('\n')}`;
    expect(problemsOf(text)).toEqual([expect.objectContaining({ message: expect.stringContaining('more than 20000 paths') as string })]);
  });

  it('a pattern with many braces', () => {
    expect(problemsOf(`policy: 1\nsets: { a: ["${'{a,b}'.repeat(40)}"] }`)[0]?.message).toContain('more than 256 patterns');
  });

  it('thousands of mistakes: the first 200 are listed, all are counted', () => {
    const text = `policy: 1\n${Array.from({ length: 5_000 }, (_, index) => `x${index}: 1`).join('\n')}`;
    expect(problemsOf(text)).toHaveLength(200);
  });
});

describe('what YAML 1.1 took for something else', () => {
  it('is text', () => {
    const { layer } = parsePolicyFile({ text: 'policy: 1\nname: no\nrules: [{ id: y, effect: ask, on: [commit], labels: [on, off, yes, 1:30, 0o17x] }]', source: 'p', revision: null, layer: 'project' }, compile);
    expect(layer).toMatchObject({ name: 'no', rules: [{ id: 'y', labels: ['on', 'off', 'yes', '1:30', '0o17x'] }] });
  });

  it.each(['1.10', '010', '0x1F', 'true', '.inf'])('%s as a name is told to be put in quotes', (written) => {
    expect(problemsOf(`policy: 1\nname: ${written}`)[0]?.hint).toBe(`Put it in quotes: "${written}".`);
  });
});

describe('any text', () => {
  const piece = fc.constantFrom('policy: 1\n', 'rules:\n', '  - id: a\n', '    effect: deny\n', '    on: [commit]\n', '    paths:\n', '      - "src/**"\n', '    when: |\n', '      path == "a"\n', '[', ']', '{', '}', ', ', ': ', '- ', '? ', '\n', ' ', '"', "'", '|', '>', '#', '&a ', '*a', '!t ', '---\n', '...\n', '%YAML 1.1\n', '<<', 'true', 'null', '~', '@money', '\\', '\r\n', '\ufeff', 'sets: ', 'limits: ', 'usd', '1e309');
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 120 }), fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), fc.array(piece, { maxLength: 25 }).map((pieces) => `policy: 1\n${pieces.join('')}`));

  it('is read, or refused with places in the file', () => {
    fc.assert(
      fc.property(text, (source) => {
        try {
          const parsed = parsePolicyFile({ text: source, source: 'p', revision: null, layer: 'project' }, compile);
          expect(JSON.parse(JSON.stringify(parsed.layer))).toMatchObject({ layer: 'project', source: 'p' });
        } catch (error) {
          if (!isAiError(error, 'INVALID_POLICY')) throw error;
          const problems = error.details['problems'] as readonly PolicyProblem[];
          expect(problems.length).toBeGreaterThan(0);
          for (const { at, message } of problems) {
            expect(at).toMatch(/^p:[1-9]\d*:[1-9]\d*$/);
            expect(Number(at.split(':')[1])).toBeLessThanOrEqual(source.split('\n').length);
            expect(message).not.toBe('');
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
