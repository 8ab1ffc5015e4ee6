import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLivePolicy } from '../../../../src/adapters/live-policy/live-policy.js';
import { MAX_PENDING } from '../../../../src/adapters/live-policy/socket-server.js';
import { MAX_REQUEST_BYTES, type HookRequest } from '../../../../src/domain/live/hook-protocol.js';
import { ALLOW, deny, type LiveAnswer } from '../../../../src/domain/live/tool-call.js';
import type { LiveServer, LiveServerOrder } from '../../../../src/ports/live-policy.js';
import { outputOf, type CommandOutput } from '../../../support/control-plane.js';

const place = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-lt-')));
const program = path.join(place, 'hook.cjs');
let server: LiveServer | null = null;
let refusals: string[] = [];

beforeAll(() => {
  buildSync({ entryPoints: ['src/cli/commands/hook/client/main.ts'], outfile: program, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
});
afterEach(async () => {
  await server?.close();
  server = null;
  refusals = [];
});
afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

async function listen(decide: (request: HookRequest) => LiveAnswer | Promise<LiveAnswer> = () => ALLOW, refused?: LiveServerOrder['refused']): Promise<string> {
  const live = createLivePolicy({ hookProgram: [process.execPath, program], places: [place] });
  server = await live.listen({ decide: async (request) => decide(request), refused: refused ?? (async (problem) => void refusals.push(problem)) });
  return server.hookArgv[2] ?? '';
}

function start(words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
  child.stdin.on('error', () => undefined); // It may leave without reading all of it.
  return child;
}

async function hook(socket: string, input: string | Buffer, words = ['claude-code', 'pre-tool-use']): Promise<CommandOutput> {
  const child = start([socket, ...words]);
  child.stdin?.end(input);
  return outputOf(child);
}

const blocked = (reason: string): Partial<CommandOutput> => ({ code: 2, stdout: '', stderr: expect.stringContaining(reason) as string });

describe("the hook's program", () => {
  it('allows by exit code 0 and silence, and hands over what it was given', async () => {
    const asked: HookRequest[] = [];
    const socket = await listen((request) => {
      asked.push(request);
      return ALLOW;
    });
    expect(await hook(socket, '{\n "tool_name": "Write\\ud800"\n}')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(asked).toEqual([{ client: 'claude-code', event: 'pre-tool-use', payload: { tool_name: 'Write\ud800' } }]);
  });

  it('blocks by exit code 2 with the reason, and nothing on stdout', async () => {
    expect(await hook(await listen(() => deny('Because.\nReally.')), '{}')).toEqual({ code: 2, signal: null, stdout: '', stderr: 'Because.\nReally.\n' });
  });

  it('blocks when the decision fails', async () => {
    const socket = await listen(() => {
      throw new Error('the disk is full');
    });
    expect(await hook(socket, '{}')).toMatchObject(blocked('the disk is full'));
  });

  it.each([
    ['no JSON', '{', 'no JSON'],
    ['nothing', '', 'no JSON'],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'not UTF-8'],
    ['50 MB', Buffer.alloc(50 * 1024 * 1024, 0x20), `more than ${MAX_REQUEST_BYTES} bytes`],
    ['what becomes too long for one line', JSON.stringify({ text: 'x'.repeat(MAX_REQUEST_BYTES - 40) }), `more than ${MAX_REQUEST_BYTES} bytes`],
  ])('blocks for %s', async (_what, input, reason) => {
    expect(await hook(await listen(), input)).toMatchObject(blocked(reason));
  });

  it('does not keep what is too much', async () => {
    const child = start([await listen(), 'claude-code', 'pre-tool-use']);
    const ended = outputOf(child);
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    let sent = 0;
    while (child.exitCode === null && sent < 200 && child.stdin?.destroyed === false) {
      sent += 1;
      // A broken pipe rejects: it has had enough.
      if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, 'drain'), once(child, 'exit')]).catch(() => undefined);
    }
    expect(await ended).toMatchObject(blocked('bytes'));
    expect(sent).toBeLessThan(20);
  });

  it('blocks without a server, after the end of the run, and in front of a stranger', async () => {
    expect(await hook(path.join(place, 'nothing'), '{}')).toMatchObject(blocked('has ended'));
    const socket = await listen();
    await server?.close();
    expect(await hook(socket, '{}')).toMatchObject(blocked('has ended'));
    expect(await hook(program, '{}')).toMatchObject(blocked('hook-error'));
    expect(await hook(socket, '{}', [])).toMatchObject(blocked('without a socket'));
    expect(readdirSync(place)).toEqual(['hook.cjs']);
  });

  it.each(['', 'nonsense\n', '{"effect":"allow"', '{"effect":"maybe"}\n', 'x'.repeat(200_000)])('blocks for an answer that is none: %.20s', async (text) => {
    const socket = path.join(place, 'odd');
    const odd = createServer((connection) => {
      connection.on('error', () => undefined);
      connection.once('data', () => connection.end(text));
    });
    odd.listen(socket);
    await once(odd, 'listening');
    const output = await hook(socket, '{}');
    odd.close();
    expect(output).toMatchObject({ code: 2, stdout: '' });
  });

  it('blocks when the server is killed while it thinks', async () => {
    const socket = path.join(place, 'dying');
    const dying = spawn(process.execPath, ['-e', `require('net').createServer((c) => c.once('data', () => console.log('asked'))).listen(${JSON.stringify(socket)}, () => console.log('ready'))`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(dying.stdout, 'data');
    const child = start([socket, 'claude-code', 'pre-tool-use']);
    const ended = outputOf(child);
    child.stdin?.end('{}');
    await once(dying.stdout, 'data');
    dying.kill('SIGKILL');
    expect(await ended).toMatchObject({ code: 2, stdout: '' });
    rmSync(socket, { force: true });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('blocks when it is ended by %s', async (signal) => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    let release: () => void = () => undefined;
    const socket = await listen(() => {
      asked();
      return new Promise<LiveAnswer>((resolve) => (release = () => resolve(ALLOW)));
    });
    const child = start([socket, 'claude-code', 'pre-tool-use']);
    const ended = outputOf(child);
    child.stdin?.end('{}');
    await isAsked;
    child.kill(signal);
    expect(await ended).toMatchObject(blocked(signal));
    release();
  });
});

/** A hook without a process of its own. */
async function say(socket: string, text: string | Buffer): Promise<string> {
  const connection = connect(socket);
  connection.on('error', () => undefined);
  connection.end(text);
  let answer = '';
  connection.on('data', (chunk: Buffer) => (answer += chunk.toString('utf8')));
  await once(connection, 'close');
  return answer;
}

const request = (payload: unknown): string => `${JSON.stringify({ client: 'c', event: 'e', payload })}\n`;

describe('the server of a run', () => {
  it('answers 200 calls at once, each for itself, one after the other', async () => {
    let busy = 0;
    const socket = await listen(async ({ payload }) => {
      busy += 1;
      expect(busy).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
      return deny(`no ${String(payload)}`);
    });
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const answers = await Promise.all(numbers.map((number) => say(socket, request(number))));
    expect(answers.map((answer) => (JSON.parse(answer) as LiveAnswer).reason)).toEqual(numbers.map((number) => `no ${number}`));
    expect(refusals).toEqual([]);
  });

  it('denies what is too many, and answers the rest', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const socket = await listen(() => gate.then(() => ALLOW));
    const waiting = Array.from({ length: MAX_PENDING }, () => say(socket, request(1)));
    let surplus = '';
    while (!surplus.includes('Too many')) surplus = await Promise.race([say(socket, request(1)), ...waiting.slice(0, 1)]);
    release();
    expect(JSON.parse(surplus)).toMatchObject({ effect: 'deny' });
    expect((await Promise.all(waiting)).filter((answer) => answer.includes('allow')).length).toBeGreaterThanOrEqual(MAX_PENDING - 10);
  });

  it.each([
    ['no JSON', 'x\n'],
    ['no request', '{}\n'],
    ['half a request', '{"client":'],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22, 0x0a])],
    ['a line without end', 'x'.repeat(MAX_REQUEST_BYTES + 1)],
  ])('denies %s, and tells of it', async (_what, text) => {
    const socket = await listen();
    expect(JSON.parse(await say(socket, text))).toMatchObject({ effect: 'deny' });
    await server?.close();
    expect(refusals).toHaveLength(1);
  });

  it('lets only this user in, and leaves nothing behind', async () => {
    const socket = await listen();
    expect([statSync(path.dirname(socket)).mode & 0o777, statSync(socket).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
    await server?.close();
    expect(readdirSync(place)).toEqual(['hook.cjs']);
  });

  it('says what to do where no name is short enough', async () => {
    const long = path.join(place, 'x'.repeat(100));
    mkdirSync(long);
    await expect(createLivePolicy({ hookProgram: [], places: [long] }).listen({ decide: async () => ALLOW, refused: async () => undefined })).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' });
    rmSync(long, { recursive: true });
  });
});

describe('where a path really lies', () => {
  const real = createLivePolicy({ hookProgram: [], places: [] }).realPath;
  const folder = path.join(place, 'links');

  it('follows links, also to nothing, and takes dots as the file system does', async () => {
    mkdirSync(path.join(folder, 'in/deep'), { recursive: true });
    mkdirSync(path.join(folder, 'out/side'), { recursive: true });
    writeFileSync(path.join(folder, 'in/file'), '');
    symlinkSync('../out/side', path.join(folder, 'in/link'));
    symlinkSync('../out/new.txt', path.join(folder, 'in/dangling'));
    symlinkSync('loop', path.join(folder, 'in/loop'));
    const at = (name: string): Promise<string | null> => real(path.join(folder, 'in') + `/${name}`);
    expect(await at('file')).toBe(path.join(folder, 'in/file'));
    expect(await at('new/file')).toBe(path.join(folder, 'in/new/file'));
    expect(await at('link/x/y')).toBe(path.join(folder, 'out/side/x/y'));
    expect(await at('dangling')).toBe(path.join(folder, 'out/new.txt'));
    expect(await at('link/../z')).toBe(path.join(folder, 'out/z'));
    expect(await at('loop')).toBeNull();
    expect(await at('file/x')).toBeNull();
    expect(await at('missing/../x')).toBeNull();
    expect(await at('x'.repeat(5_000))).toBeNull();
    rmSync(folder, { recursive: true });
  });
});
