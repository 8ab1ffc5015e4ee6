import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConditionCompiler } from '../../../../src/adapters/cel/condition-compiler.js';
import { EVALUATION_STEPS, EXPRESSION_LIMITS, GLOB_TEXT_CHARACTERS } from '../../../../src/adapters/cel/limits.js';
import { FACT_TYPES, type FactName, type FactType, type FactValue } from '../../../../src/domain/policy/facts.js';

const compile = createConditionCompiler();

function problemOf(text: string): { readonly message: string; readonly offset: number; readonly hint: string | null } {
  const compiled = compile(text);
  if (compiled.ok) throw new Error(`compiled: ${text}`);
  return compiled.problem;
}

function conditionOf(text: string) {
  const compiled = compile(text);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.problem.message}`);
  return compiled.condition;
}

function run(text: string, facts: Partial<Record<FactName, FactValue>>): { readonly value: boolean | string; readonly read: readonly string[] } {
  const read: string[] = [];
  try {
    const value = conditionOf(text).evaluate((name) => {
      read.push(name);
      return facts[name];
    });
    return { value, read };
  } catch (error) {
    return { value: (error as Error).message, read };
  }
}

describe('facts', () => {
  it('reads only what the answer needs', () => {
    expect(run('task.risk != "low" || run.unattended', { 'task.risk': 'high' })).toEqual({ value: true, read: ['task.risk'] });
    expect(run('task.risk != "low" || run.unattended', { 'task.risk': 'low', 'run.unattended': false })).toEqual({ value: false, read: ['task.risk', 'run.unattended'] });
    expect(run('task.risk == "low" && path == "x"', { 'task.risk': 'high' })).toEqual({ value: false, read: ['task.risk'] });
    expect(run('now.hour < 6 ? run.unattended : true', { 'now.hour': 9 })).toEqual({ value: true, read: ['now.hour'] });
  });

  it('names what it can read', () => {
    expect(conditionOf('has(change.kind) && task.labels.exists(l, l == path)').facts).toEqual(['change.kind', 'task.labels', 'path']);
  });

  it('fails at an absent fact, unless the answer stands without it', () => {
    expect(run('task.risk == "low"', {}).value).toBe('the fact task.risk is absent');
    expect(run('path == "x"', {}).value).toBe('the fact path is absent');
    expect(run('task.risk == "low" || 1 < 2', {}).value).toBe(true);
    expect(run('task.risk == "low" && 1 > 2', {}).value).toBe(false);
    expect(run('!(task.risk == "low")', {}).value).toBe('the fact task.risk is absent');
  });

  it('asks with has()', () => {
    expect(run('has(change.kind)', {})).toEqual({ value: false, read: ['change.kind'] });
    expect(run('has(change.kind) && change.kind == "deleted"', { 'change.kind': 'deleted' }).value).toBe(true);
    expect(problemOf('has(path)')).toMatchObject({ offset: 4, hint: 'Write has(change.kind), for example.' });
  });

  it.each([
    ['now.hour == 3', { 'now.hour': 3.5 }, 'the fact now.hour is not a whole number between -2^53 and 2^53'],
    ['now.hour == 3', { 'now.hour': 2 ** 53 }, 'the fact now.hour is not a whole number between -2^53 and 2^53'],
    ['now.hour == 3', { 'now.hour': '3' }, 'the fact now.hour is not a whole number between -2^53 and 2^53'],
    ['run.minutes > 1.0', { 'run.minutes': Number.NaN }, 'the fact run.minutes is not a finite number'],
    ['run.costUsd > 1.0', { 'run.costUsd': Number.POSITIVE_INFINITY }, 'the fact run.costUsd is not a finite number'],
    ['run.unattended', { 'run.unattended': 'true' }, 'the fact run.unattended is not true or false'],
    ['path == "x"', { path: 7 }, 'the fact path is not a text'],
    ['"x" in task.labels', { 'task.labels': ['a', 7 as never] }, 'the fact task.labels is not a list of texts'],
    ['10 / change.count == 1', { 'change.count': 0 }, 'it divides by zero'],
    ['10 % change.count == 1', { 'change.count': 0 }, 'it divides by zero'],
    ['now.hour + 9223372036854775807 > 0', { 'now.hour': 1 }, 'a whole number does not fit into 64 bits'],
    ['task.labels[2] == "x"', { 'task.labels': ['a'] }, 'a list has no item at the index'],
    ['{"a": 1}[path] == 1', { path: 'toString' }, 'a map has no such key'],
  ] as const)('%s with %j: %s', (text, facts, message) => {
    expect(run(text, facts as Partial<Record<FactName, FactValue>>).value).toBe(message);
  });

  it('gives every fact its declared type', () => {
    const samples: Readonly<Record<FactType, readonly [FactValue, string]>> = { string: ['a', '== "a"'], bool: [true, '== true'], int: [5, '== 5'], double: [5, '== 5.0'], 'list<string>': [['a'], '== ["a"]'] };
    for (const [name, type] of Object.entries(FACT_TYPES)) expect(run(`${name} ${samples[type][1]}`, { [name]: samples[type][0] })).toEqual({ value: true, read: [name] });
  });
});

describe('refusals', () => {
  it.each([
    ['task.riks == "low"', 0, 'there is no fact "task.riks"', 'Did you mean task.risk?'],
    ['risk == "low"', 0, 'there is no fact "risk"', 'Did you mean task.risk?'],
    ['task == "low"', 0, '"task" alone is no fact', null],
    ['task["risk"] == "low"', 0, '"task" alone is no fact', null],
    ['path.name == "low"', 5, 'the fact "path" has no fields', 'Write path alone.'],
    ['toString == "x"', 0, 'there is no fact "toString"', null],
    ['task.constructor == "x"', 0, 'there is no fact "task.constructor"', null],
    ['task.__proto__ == "x"', 0, 'there is no fact "task.__proto__"', null],
    ['constructor.constructor("x") == "x"', 0, 'there is no function "constructor"', null],
    ['run.minutes == 5', 0, "== can't take a decimal number (double) and a whole number (int)", 'A decimal fact is compared with a decimal number: write 5.0 instead of 5.'],
    ['now.hour == "5"', 0, "== can't take a whole number (int) and a text (string)", 'A text is compared with a text in quotes.'],
    ['true && path', 0, "logical operator requires bool operands, got 'string'", null],
    ['path.startsWith(1)', 0, "found no matching overload for 'string.startsWith(int)'", null],
    ['now.hour', 0, 'the condition gives a whole number (int), and has to give true or false', 'Compare it with something: task.risk == "high".'],
    ['task.risk = "low"', 10, '"=" is not expected here', 'Write == to compare.'],
    ['run.unattended and true', 15, '"and" is not expected here', 'Write && for and.'],
    ['(true', 5, 'it ends too early', 'Complete it; every ( [ and { needs its counterpart.'],
    ['', 0, 'it is empty', null],
    ['path.matches("^(a+)+$")', 0, 'matches() is not supported', null],
    ['matches(path, "(a|a)*$")', 0, 'matches() is not supported', null],
    ['path.mathces("a")', 0, 'there is no function "mathces"', null],
    ['path.startWith("a")', 0, 'there is no function "startWith"', 'Did you mean startsWith?'],
    ['task.labels.map(l, l) == task.labels', 0, 'map() is not supported', null],
    ['task.labels.filter(l, true) == task.labels', 0, 'filter() is not supported', null],
    ['cel.bind(x, 1, x == 1)', 0, 'bind() is not supported', null],
    ['dyn(path) == 1', 0, 'dyn() is not supported', null],
    ['type(path) == string', 0, 'type() is not supported', null],
    ['timestamp("2020-01-01T00:00:00Z") == null', 0, 'timestamp() is not supported', null],
    ['b"x" == b"x"', 0, 'bytes are not supported', null],
    ['1u == 1u', 0, 'unsigned numbers are not supported', null],
    ['9223372036854775808 > 1', 0, 'the number does not fit into 64 bits', null],
    ['-9223372036854775809 > 1', 1, 'the number does not fit into 64 bits', null],
    ['task.labels.all(a, task.labels.all(b, a == b))', 35, 'all() stands within another all(), exists() or exists_one()', null],
    ['task.labels.all(path, true)', 16, '"path" names facts already', 'Choose another name, such as item.'],
    ['task.labels.all(task, true)', 16, '"task" names facts already', 'Choose another name, such as item.'],
    ['{1: 2}[1] == 2', 1, 'a key of a map is not a text in quotes', null],
    ['{"a": 1, "a": 2}["a"] == 2', 9, 'the key "a" stands twice in one map', null],
    ['"constructor" in {"constructor": 1}', 18, 'the key "constructor" is not supported', null],
    ['[].exists(x, x > 1)', 0, "the type of a part can't be told", null],
    ['["a", 1] == ["a", 1]', 6, "list elements must have the same type, expected type 'string' but found 'int'", null],
    ['matchesGlob(path, "../x")', 18, '"../x" is no path pattern: it has the path segment "..". Write the path from the root of the repository, as in src/auth.', null],
    ['matchesGlob(path, path)', 18, 'the pattern of matchesGlob is no constant text', null],
    ['matchesGlob(path)', 0, "found no matching overload for 'matchesGlob(string)'", null],
    ['task.ri\u200bsk == "low"', 7, 'it has the invisible character U+200B', null],
    ['path == "\u202eabc"', 9, 'it has the invisible character U+202E', null],
  ])('%s', (text, offset, message, hint) => {
    const problem = problemOf(text);
    expect(problem).toMatchObject({ offset, message });
    if (hint !== null) expect(problem.hint).toBe(hint);
  });
});

describe('limits', () => {
  const { characters, nodes, depth, listItems } = EXPRESSION_LIMITS;

  it('of characters, before anything reads them', () => {
    expect(problemOf('a'.repeat(characters + 1)).message).toContain(`limit is ${characters}`);
    expect(problemOf('('.repeat(1_000_000)).message).toContain(`limit is ${characters}`);
    expect(conditionOf(`path == "${'a'.repeat(characters - 10)}"`).text).toHaveLength(characters);
  });

  it('of parts', () => {
    expect(problemOf(Array.from({ length: nodes / 2 + 1 }, () => 'true').join('||')).message).toBe(`it has more than ${nodes} parts`);
    expect(run(Array.from({ length: nodes / 2 }, () => 'false').join('||'), {}).value).toBe(false);
  });

  it.each([
    ['parentheses', (levels: number) => `${'('.repeat(levels)}true${')'.repeat(levels)}`],
    ['negations', (levels: number) => `${'!'.repeat(levels)}true`],
    ['alternatives', (levels: number) => `${'true ? '.repeat(levels)}true${' : true'.repeat(levels)}`],
    ['lists', (levels: number) => `${'['.repeat(levels)}true${']'.repeat(levels)} == path`],
    ['calls', (levels: number) => `${'size('.repeat(levels)}path${')'.repeat(levels)} == 1`],
    ['operators', (levels: number) => `${'true && (false || ('.repeat(levels / 2)}true${'))'.repeat(levels / 2)}`],
  ])('of depth: %s', (_, write) => {
    expect(problemOf(write(depth + 2)).message).toMatch(/nested more than 24 deep/);
    expect(problemOf(write(100)).message).toMatch(/nested more than 24 deep/);
  });

  it('a chain of one operator is not deep', () => {
    expect(run(Array.from({ length: 60 }, (_, index) => `path == "${index}"`).join(' || '), { path: '59' }).value).toBe(true);
  });

  it('of lists and maps', () => {
    const items = (count: number) => Array.from({ length: count }, () => '1').join();
    expect(problemOf(`now.hour in [${items(listItems + 1)}]`).message).toBe(`a list has more than ${listItems} items`);
    expect(run(`now.hour in [${items(listItems)}]`, { 'now.hour': 1 }).value).toBe(true);
    expect(problemOf(`size({${Array.from({ length: listItems + 1 }, (_, index) => `"${index}":1`).join()}}) > 0`).message).toMatch(/more than/);
  });

  it('of work: long lists are refused at evaluation, not walked', () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word-${index}`);
    let reads = 0;
    const condition = conditionOf('command.words.all(word, word in command.words)');
    expect(() =>
      condition.evaluate(() => {
        reads += 1;
        return words;
      }),
    ).toThrow(`more than ${EVALUATION_STEPS} steps`);
    expect(reads).toBeLessThanOrEqual(EVALUATION_STEPS);
    expect(run('"x" in command.words', { 'command.words': words }).value).toBe(false);
    expect(run('command.words.exists(word, word.startsWith("--f"))', { 'command.words': words.slice(0, 1_000) }).value).toBe(false);
  });

  it('of the text that a pattern looks at', () => {
    expect(run('matchesGlob(path, "**")', { path: 'a'.repeat(GLOB_TEXT_CHARACTERS) }).value).toBe(true);
    expect(run('matchesGlob(path, "**")', { path: 'a'.repeat(GLOB_TEXT_CHARACTERS + 1) }).value).toMatch(/more than 4096/);
  });
});

describe('matchesGlob', () => {
  it('is the one grammar of paths, compared exactly', () => {
    expect(run('matchesGlob(path, "src/*.ts")', { path: 'src/a.ts' }).value).toBe(true);
    expect(run('matchesGlob(path, "src/*.ts")', { path: 'src/deep/a.ts' }).value).toBe(false);
    expect(run('matchesGlob(path, "src/**")', { path: 'src/../etc/a.ts' }).value).toBe(false);
    expect(run('matchesGlob(path, "SRC/**")', { path: 'src/a.ts' }).value).toBe(false);
    expect(run('matchesGlob(path, "caf\u00e9")', { path: 'cafe\u0301' }).value).toBe(true);
    expect(run('task.locks.exists(lock, matchesGlob(lock, "db/**"))', { 'task.locks': ['src/a', 'db/b'] }).value).toBe(true);
  });
});

describe('the tree for analysis', () => {
  it('has operators, facts and literals; the rest is a call with canonical text', () => {
    expect(conditionOf('!(task.risk in ["low"]) && run.minutes >= -1.5').expression).toEqual({
      kind: 'and',
      left: { kind: 'not', of: { kind: 'compare', operator: 'in', left: { kind: 'fact', name: 'task.risk' }, right: { kind: 'list', items: [{ kind: 'literal', value: 'low', type: 'string' }] } } },
      right: { kind: 'compare', operator: '>=', left: { kind: 'fact', name: 'run.minutes' }, right: { kind: 'literal', value: -1.5, type: 'double' } },
    });
    expect(conditionOf('path.startsWith( "a" )').expression).toMatchObject({ kind: 'call', name: 'startsWith', text: 'path.startsWith("a")' });
    expect(conditionOf('task.labels.size() > 1').expression).toEqual(conditionOf('size(task.labels) > 1').expression);
  });

  it('has no number that JSON changes', () => {
    expect(conditionOf('9223372036854775807 > now.hour').expression).toMatchObject({ left: { kind: 'call', name: 'number', text: '9223372036854775807' } });
    expect(conditionOf('-0.0 == run.minutes').expression).toMatchObject({ left: { kind: 'call' } });
    expect(conditionOf('-5 < now.hour').expression).toMatchObject({ left: { kind: 'literal', value: -5, type: 'int' } });
  });

  it('does not depend on spaces and parentheses, and comes back from JSON', () => {
    const spaced = conditionOf('( task.risk == "low" )  ||\n  (now.hour + 1) * 2 > 5').expression;
    expect(spaced).toEqual(conditionOf('task.risk=="low"||(now.hour+1)*2>5').expression);
    expect(JSON.parse(JSON.stringify(spaced))).toEqual(spaced);
  });
});

describe('any text', () => {
  const token = fc.constantFrom('task.risk', 'now.hour', 'path', 'task', 'task.labels', '"low"', '1', '2.5', '&&', '||', '==', '<', 'in', '!', '-', '+', '(', ')', '[', ']', '{', '}', ',', ':', '?', '.', 'has(', 'size(', '.all(x,', '.exists(x,', 'x', 'matchesGlob(path,', 'null', 'true', '__proto__', 'constructor', '9223372036854775808', "'", 'b"', '//', '\n');
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(' ')));

  it('gives a condition or a problem with a place in the text, and the same one again', () => {
    fc.assert(
      fc.property(text, (source) => {
        const compiled = compile(source);
        if (!compiled.ok) {
          expect(compiled.problem.message).not.toBe('');
          expect(compiled.problem.offset).toBeGreaterThanOrEqual(0);
          expect(compiled.problem.offset).toBeLessThanOrEqual(source.length);
          expect(compile(source)).toEqual(compiled);
          return;
        }
        expect(JSON.parse(JSON.stringify(compiled.condition.expression))).toEqual(compiled.condition.expression);
        const read = new Set<string>();
        try {
          expect(typeof compiled.condition.evaluate((name) => {
            read.add(name);
            return undefined;
          })).toBe('boolean');
        } catch (error) {
          expect(error).toHaveProperty('name', 'EvaluationFailed');
        }
        for (const name of read) expect(compiled.condition.facts).toContain(name);
      }),
      { numRuns: 2_000 },
    );
  });
});
