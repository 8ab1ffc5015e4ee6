import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunFiles } from '../../../../src/adapters/run-files/run-files.js';
import type { AgentEvent } from '../../../../src/domain/run/agent-event.js';
import type { RunFiles } from '../../../../src/ports/run-files.js';

let root: string;
let files: RunFiles;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'ai-run-files-'));
  files = createRunFiles({ runsFolder: path.join(root, 'runs'), runtimeFolder: path.join(root, 'run') });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = (delta: string): AgentEvent => ({ type: 'text', delta });
const mode = (file: string): number => statSync(file).mode & 0o777;
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('the folder of a run', () => {
  it('is private to the user, and so are its files', async () => {
    const folder = await files.folder('r-abc123');
    expect(mode(folder.path)).toBe(0o700);
    expect(await files.writeFile('r-abc123', 'briefing.md', '# Hello')).toBe(folder.briefingFile);
    expect([readFileSync(folder.briefingFile, 'utf8'), mode(folder.briefingFile)]).toEqual(['# Hello', 0o600]);
  });

  it('takes names inside of it only', async () => {
    const folder = await files.folder('r-abc123');
    expect(await files.writeFile('r-abc123', '.claude/settings.json', '{}')).toBe(path.join(folder.path, '.claude/settings.json'));
    expect(await files.writeFile('r-abc123', path.join(folder.path, 'inside.json'), '{}')).toBe(path.join(folder.path, 'inside.json'));
    for (const name of ['../outside', 'a/../../b', '/etc/passwd', '', '.', '..', 'a//b', 'a\0b', 'a b', '-rf', 'x/', '~']) {
      await expect(files.writeFile('r-abc123', name, 'x'), name).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    for (const run of ['..', '../r-1', 'a/b', '', '.hidden', 'x'.repeat(65)]) await expect(files.folder(run), run).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('never writes outside, whatever the name', async () => {
    const folder = (await files.folder('r-abc123')).path;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('..', '.', '/', 'a', 'b.c', '\\', ' ', '\n', '~', '-'), { maxLength: 8 }), async (parts) => {
        const written = await files.writeFile('r-abc123', parts.join(''), 'x').catch(() => undefined);
        if (written !== undefined) expect(written.startsWith(`${folder}/`)).toBe(true);
        if (written !== undefined) rmSync(path.join(folder, path.relative(folder, written).split('/')[0]!), { recursive: true });
      }),
    );
  });

  it.skipIf(process.getuid?.() === 0)('says READ_ONLY where nothing may be written', async () => {
    mkdirSync(path.join(root, 'runs'));
    chmodSync(path.join(root, 'runs'), 0o500);
    await expect(files.folder('r-abc123')).rejects.toMatchObject({ code: 'READ_ONLY' });
    chmodSync(path.join(root, 'runs'), 0o700);
  });

  it('leaves no temporary file behind', async () => {
    const { path: folder } = await files.folder('r-abc123');
    await files.writeFile('r-abc123', 'a', '1');
    await files.writeFile('r-abc123', 'a', '2');
    expect(readdirSync(folder)).toEqual(['a']);
    expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('2');
  });
});

describe('the event log', () => {
  it('numbers events and goes on where it ended', async () => {
    const first = await files.openEvents('r-1');
    first.write(10, text('a'));
    first.write(11, text('b'));
    await first.flush();
    await first.close();
    const second = await files.openEvents('r-1');
    second.write(12, text('c'));
    await second.close();
    expect(await files.readEvents('r-1', 0, 10)).toEqual([
      { seq: 1, atMs: 10, event: text('a') },
      { seq: 2, atMs: 11, event: text('b') },
      { seq: 3, atMs: 12, event: text('c') },
    ]);
    expect(mode((await files.folder('r-1')).eventsFile)).toBe(0o600);
  });

  it('reads a missing log as an empty one', async () => {
    expect(await files.readEvents('r-1', 0, 10)).toEqual([]);
  });

  it('is read in pages without loss or repeats, by several readers', async () => {
    const writer = await files.openEvents('r-1');
    const reader = createRunFiles({ runsFolder: path.join(root, 'runs'), runtimeFolder: path.join(root, 'run') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 10 }), async (steps) => {
        const seen: number[] = [];
        const start = (await files.readEvents('r-1', 0, 1_000_000)).at(-1)?.seq ?? 0;
        let since = start;
        for (const limit of steps) {
          for (let n = 0; n < 3; n += 1) writer.write(1, text('日本語 '.repeat(50)));
          const page = await reader.readEvents('r-1', since, limit);
          seen.push(...page.map((entry) => entry.seq));
          since = page.at(-1)?.seq ?? since;
        }
        expect(seen).toEqual(seen.map((_, index) => start + index + 1));
      }),
      { numRuns: 30 },
    );
    // A reader that goes back gets what it asks for.
    expect((await reader.readEvents('r-1', 0, 2)).map((entry) => entry.seq)).toEqual([1, 2]);
    await writer.close();
  });

  it('waits for the end of a line that is being written', async () => {
    const { eventsFile, path: folder } = await files.folder('r-1');
    mkdirSync(folder, { recursive: true });
    const line = JSON.stringify({ seq: 1, atMs: 5, event: text('whole') });
    writeFileSync(eventsFile, line.slice(0, 20));
    expect(await files.readEvents('r-1', 0, 10)).toEqual([]);
    appendFileSync(eventsFile, `${line.slice(20)}\n`);
    expect(await files.readEvents('r-1', 0, 10)).toEqual([{ seq: 1, atMs: 5, event: text('whole') }]);
  });

  it('goes on after half a line of a killed writer', async () => {
    const { eventsFile } = await files.folder('r-1');
    writeFileSync(eventsFile, `${JSON.stringify({ seq: 1, atMs: 5, event: text('whole') })}\n{"seq":2,"atMs":6,"ev`);
    const writer = await files.openEvents('r-1');
    writer.write(7, text('after'));
    await writer.close();
    expect(await files.readEvents('r-1', 0, 10)).toEqual([
      { seq: 1, atMs: 5, event: text('whole') },
      { seq: 2, atMs: 7, event: text('after') },
    ]);
  });

  it('is bounded, says so once, and still takes how the run ended', async () => {
    const limits = { maxBytes: 2_000, reserveBytes: 1_000 };
    const small = createRunFiles({ runsFolder: path.join(root, 'small'), runtimeFolder: path.join(root, 'run'), eventLogLimits: limits });
    const writer = await small.openEvents('r-1');
    for (let n = 0; n < 100; n += 1) writer.write(n, text('x'.repeat(100)));
    writer.write(100, { type: 'result', ok: true, text: 'done' });
    for (let n = 0; n < 100; n += 1) writer.write(n, { type: 'error', class: 'network', message: 'x'.repeat(100), retryAfterMs: null });
    await writer.close();
    const events = await small.readEvents('r-1', 0, 1_000);
    const raw = events.filter((entry) => entry.event.type === 'raw');
    expect(raw).toHaveLength(1);
    expect(raw[0]!.event).toMatchObject({ truncated: true, text: expect.stringContaining('2000 bytes') as string });
    expect(events.some((entry) => entry.event.type === 'result')).toBe(true);
    expect(statSync((await small.folder('r-1')).eventsFile).size).toBeLessThanOrEqual(limits.maxBytes + limits.reserveBytes + 400);
  });
});

describe('evidence', () => {
  it('is stored under its digest, once, and private', async () => {
    const item = await files.storeEvidence('statement', { text: 'hello' });
    expect(item).toEqual({ kind: 'statement', sha256: sha256('hello'), bytes: 5 });
    const file = path.join(root, 'runs/evidence', item.sha256.slice(0, 2), item.sha256);
    expect([readFileSync(file, 'utf8'), mode(file)]).toEqual(['hello', 0o600]);
    await files.storeEvidence('patch', { text: 'hello' });
    expect(readdirSync(path.dirname(file))).toEqual([item.sha256]);
    expect(Buffer.from((await files.readEvidence(item.sha256))!).toString()).toBe('hello');
  });

  it('of a file leaves the file where it is', async () => {
    const file = path.join(root, 'transcript');
    writeFileSync(file, 'words', { mode: 0o644 });
    const item = await files.storeEvidence('transcript', { file });
    expect(item).toEqual({ kind: 'transcript', sha256: sha256('words'), bytes: 5 });
    expect(readFileSync(file, 'utf8')).toBe('words');
    expect(await files.checkEvidence(item)).toBe('ok');
    expect(await files.storeEvidence('transcript', { file })).toEqual(item);
    expect(readdirSync(path.join(root, 'runs/evidence', item.sha256.slice(0, 2)))).toEqual([item.sha256]);
  });

  it('of a file that was never written is empty', async () => {
    expect(await files.storeEvidence('stderr', { file: path.join(root, 'nothing') })).toEqual({ kind: 'stderr', sha256: sha256(''), bytes: 0 });
  });

  it('tells what was altered or is gone, and is mended by storing again', async () => {
    const item = await files.storeEvidence('patch', { text: 'original' });
    const file = path.join(root, 'runs/evidence', item.sha256.slice(0, 2), item.sha256);
    writeFileSync(file, 'forged');
    expect(await files.checkEvidence(item)).toBe('altered');
    await files.storeEvidence('patch', { text: 'original' });
    expect(await files.checkEvidence(item)).toBe('ok');
    rmSync(file);
    expect(await files.checkEvidence(item)).toBe('missing');
    expect(await files.readEvidence(item.sha256)).toBeUndefined();
  });

  it('refuses a digest that is none', async () => {
    await expect(files.readEvidence('../../etc/passwd')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('the program folder', () => {
  it('holds an `ai` that passes every word on as it is', async () => {
    const script = path.join(root, "odd 'name' $HOME.cjs");
    writeFileSync(script, 'console.log(JSON.stringify(process.argv.slice(2)))');
    const folder = await files.programFolder([process.execPath, script]);
    const words = ['task', 'a b', "it's", '$HOME', '', '*', '--json'];
    expect(JSON.parse(execFileSync(path.join(folder, 'ai'), words, { encoding: 'utf8' }))).toEqual(words);
  });

  it('is the same for the same program, another for another, and repaired when altered', async () => {
    const folder = await files.programFolder(['/bin/true']);
    expect(await files.programFolder(['/bin/true'])).toBe(folder);
    expect(await files.programFolder(['/bin/false'])).not.toBe(folder);
    writeFileSync(path.join(folder, 'ai'), '#!/bin/sh\necho forged\n');
    await files.programFolder(['/bin/true']);
    expect(execFileSync(path.join(folder, 'ai'), { encoding: 'utf8' })).toBe('');
    expect(mode(path.join(folder, 'ai'))).toBe(0o700);
  });
});
