import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locatePath } from '../../../../src/domain/live/locate-path.js';
import type { ToolCall } from '../../../../src/domain/live/tool-call.js';
import { hostOf, pathsToResolve, toolQuestions, UNKNOWN_FILE, type ToolQuestion } from '../../../../src/domain/live/tool-questions.js';

const call = (tool: string, input: ToolCall['input']): ToolCall => ({ id: 'toolu_1', tool, input, cwd: '/w' });
/** Paths as they are in a workspace without links. */
function ask(tool: string, input: ToolCall['input']): readonly ToolQuestion[] {
  const asked = call(tool, input);
  const where = { roots: ['/w'], cwd: '/w' };
  return toolQuestions(asked, { digest: 'd'.repeat(64), forms: new Map(pathsToResolve(asked).map((path) => [path, [path === UNKNOWN_FILE ? path : locatePath(path, where)]])) });
}
const points = (questions: readonly ToolQuestion[]): readonly string[] => questions.map(({ point }) => point);
const pathsAt = (questions: readonly ToolQuestion[], point: string): readonly string[] | undefined => questions.find((question) => question.point === point)?.paths.map(({ path }) => path);

describe('the questions about a tool call', () => {
  it.each([
    ['Bash', { command: 'ls' }, ['tool.use', 'command.run'], null],
    ['Bash', { command: 'ls > a.txt 2>> b.txt' }, ['tool.use', 'command.run', 'path.write'], ['a.txt', 'b.txt']],
    ['Bash', { command: 'ls > /etc/x' }, ['tool.use', 'command.run', 'path.write'], ['/etc/x']],
    ['Bash', { command: 'ls > "$F"' }, ['tool.use', 'command.run', 'path.write'], [UNKNOWN_FILE]],
    ['Bash', { command: 'ls 2>/dev/null' }, ['tool.use', 'command.run'], null],
    ['Bash', {}, ['tool.use', 'command.run'], null],
    ['Write', { file_path: '/w/a/../b.txt' }, ['tool.use', 'path.write'], ['b.txt']],
    ['Write', { file_path: '/w/../x' }, ['tool.use', 'path.write'], ['/x']],
    ['Write', { file_path: '/wider/x' }, ['tool.use', 'path.write'], ['/wider/x']],
    ['Write', { file_path: '~/x' }, ['tool.use', 'path.write'], ['~/x']],
    ['Write', { file_path: 7 }, ['tool.use', 'path.write'], ['']],
    ['Write', {}, ['tool.use', 'path.write'], ['']],
    ['Edit', { file_path: 'src/a.ts' }, ['tool.use', 'path.write'], ['src/a.ts']],
    ['MultiEdit', { file_path: 'a', edits: [] }, ['tool.use', 'path.write'], ['a']],
    ['NotebookEdit', { notebook_path: '/w/n.ipynb' }, ['tool.use', 'path.write'], ['n.ipynb']],
    ['Task', { prompt: 'x' }, ['tool.use'], null],
    ['Agent', { prompt: 'x', path: 'y' }, ['tool.use'], null],
    ['TodoWrite', { todos: [] }, ['tool.use'], null],
    ['mcp__files__save', { path: 'a', content: 'b' }, ['tool.use', 'path.write'], ['a']],
    ['mcp__echo__say', { text: 'b' }, ['tool.use'], null],
    ['bash', { command: 'ls > x' }, ['tool.use', 'command.run', 'path.write'], ['x']],
    ['NewTool', { file_path: 'a', notebook_path: 'b', path: ['c'] }, ['tool.use', 'path.write'], ['a', '', 'b']],
    ['NewTool', { url: 'https://x.org' }, ['tool.use', 'network.use'], null],
    ['toString', {}, ['tool.use'], null],
    ['__proto__', { file_path: 'a' }, ['tool.use', 'path.write'], ['a']],
  ] as const)('%s %j', (tool, input, expected, written) => {
    const questions = ask(tool, input);
    expect(points(questions)).toEqual(expected);
    expect(pathsAt(questions, 'path.write') ?? null).toEqual(written);
  });

  it.each([
    ['Read', { file_path: '/w/a' }, ['a']],
    ['Read', {}, ['']],
    ['Glob', { pattern: '*' }, []],
    ['Glob', { pattern: '*', path: '/w' }, []],
    ['Grep', { pattern: 'x', path: 'src' }, ['src']],
    ['Grep', { pattern: 'x', path: 9 }, ['']],
    ['LS', { path: '/etc' }, ['/etc']],
  ] as const)('reading: %s %j', (tool, input, read) => {
    const questions = ask(tool, input);
    expect(points(questions)).toEqual(['tool.use', 'path.read']);
    expect(pathsAt(questions, 'path.read')).toEqual(read);
  });

  it('says which host, which skill, which command', () => {
    expect(ask('WebFetch', { url: 'https://u:p@EXAMPLE.org.:8443/x' })[1]).toMatchObject({ point: 'network.use', facts: { 'network.host': 'example.org', 'tool.name': 'WebFetch' } });
    expect(ask('WebFetch', { url: 'nonsense' })[1]?.facts).toEqual({ 'tool.name': 'WebFetch' });
    expect(ask('WebSearch', { query: 'x' })[1]?.facts).toEqual({ 'tool.name': 'WebSearch' });
    expect(ask('Skill', { skill: 'release' })[1]).toMatchObject({ point: 'skill.run', skills: ['release'], facts: { 'skill.name': 'release' } });
    expect(ask('Skill', {})[1]).toMatchObject({ point: 'skill.run', skills: [], facts: { 'tool.name': 'Skill' } });
    expect(ask('Bash', { command: 'git push' })[1]?.facts).toEqual({ 'tool.name': 'Bash', 'command.text': 'git push', 'command.words': ['git', 'push'] });
    expect(ask('Bash', { command: 'git push && ls' })[1]?.facts).toEqual({ 'tool.name': 'Bash', 'command.text': 'git push && ls' });
    expect(ask('Bash', { command: 'git $X' })[1]?.facts).not.toHaveProperty(['command.words']);
  });

  it.each([
    ['http://0x7f.1/', '127.0.0.1'],
    ['https://[::1]:80/', '::1'],
    ['http://evil.org\\@good.org/', 'evil.org'],
    ['http://a@b@c.org/', 'c.org'],
    ['file:///etc/passwd', null],
    ['javascript:1', null],
    [null, null],
  ])('the host of %s is %s', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });

  it('always asks about the tool itself first, under any name and with any arguments', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('file_path', 'command', 'url', 'path', '__proto__')), fc.jsonValue()), (tool, input) => {
        const questions = ask(tool, input);
        expect(questions[0]).toMatchObject({ point: 'tool.use', action: { tool, toolCall: 'toolu_1' }, resource: { kind: 'tool', digest: 'd'.repeat(64) } });
        expect(new Set(points(questions)).size).toBe(questions.length);
      }),
    );
  });
});

describe('where a path lies', () => {
  const segment = fc.constantFrom('a', 'b', '.', '..', '', 'w', 'c d', '...', '~');

  it('is below the workspace, its root, or absolute; never below it by way of dots', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), fc.boolean(), (names, isAbsolute) => {
        const written = `${isAbsolute ? '/' : ''}${names.join('/')}`;
        const located = locatePath(written, { roots: ['/r/w'], cwd: '/r/w/sub' });
        if (located === written && (written === '' || written.startsWith('~'))) return;
        expect(located.split('/').filter((name) => name === '..')).toEqual([]);
        const stack: string[] = written.startsWith('/') ? [] : ['r', 'w', 'sub'];
        for (const name of names) if (name === '..') stack.pop();
        else if (name !== '' && name !== '.') stack.push(name);
        const absolute = `/${stack.join('/')}`;
        expect(located).toBe(absolute === '/r/w' ? '.' : absolute.startsWith('/r/w/') ? absolute.slice(5) : absolute);
      }),
    );
  });

  it('knows the workspace by every spelling', () => {
    expect(locatePath('/private/tmp/w/x', { roots: ['/tmp/w', '/private/tmp/w'], cwd: '/' })).toBe('x');
    expect(locatePath('x\0y', { roots: ['/w'], cwd: '/w' })).toBe('x\0y');
  });
});
