import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../src/adapters/process/processes.js';
import type { ProcessExit } from '../../../../src/ports/processes.js';
import { bundleAdapter, newFolder, nodeProgram, orderFor, program, removeFolder } from './support.js';

const FLOOD_BYTES = 200 * 1024 * 1024;
const MAX_PEAK_KILOBYTES = 200 * 1024;

interface Report {
  readonly exit: ProcessExit;
  readonly seenBytes: number;
  readonly stdoutBytes: number;
  readonly droppedBytes: number;
  readonly peakKilobytes: number;
}

describe('a flood of output', () => {
  let folder: string;
  let bundle: string;
  beforeAll(async () => {
    folder = await newFolder();
    bundle = await bundleAdapter(folder);
  });
  afterAll(() => removeFolder(folder));

  it('is taken to its last byte with bounded memory and a bounded file, from a consumer that is slower than the agent', async () => {
    const order = orderFor(folder, nodeProgram('proc-flood.mjs', String(FLOOD_BYTES)));
    const result = await createProcesses().run({
      argv: [process.execPath, program('proc-flood-supervisor.mjs'), bundle, JSON.stringify(order)],
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '' },
      timeoutMs: 50_000,
      maxOutputBytes: 10_000,
    });
    expect(result.stderr).toBe('');
    const report = JSON.parse(result.stdout) as Report;
    expect(report).toMatchObject({ exit: { exitCode: 0, signal: null }, seenBytes: FLOOD_BYTES, stdoutBytes: FLOOD_BYTES, droppedBytes: FLOOD_BYTES - order.maxFileBytes });
    expect((await stat(order.stdoutFile)).size).toBe(order.maxFileBytes);
    expect(report.peakKilobytes).toBeLessThan(MAX_PEAK_KILOBYTES);
  });
});
