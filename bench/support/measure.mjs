// Small helpers that all benchmarks share.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const BOOT = 'bench-boot';

/** The real clocks, under a boot id of their own. */
export const clock = { now: () => ({ wallMs: Date.now(), monoMs: Math.floor(performance.now() + performance.timeOrigin), bootId: BOOT }) };

export function storeOptions(file, more = {}) {
  return { file, clock, actor: 'user:bench', host: 'bench', create: true, trace: () => {}, ...more };
}

export async function withFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ai-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `step` a number of times; answers throughput, the distribution of single times, and the processor time of one, which a busy machine hardly changes. */
export async function measure(count, step) {
  const times = new Float64Array(count);
  const began = performance.now();
  const cpu = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    await step(index);
    times[index] = performance.now() - start;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { ...summary(times, performance.now() - began), cpuUs: Math.round((user + system) / count) };
}

export function summary(times, elapsedMs) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 1000);
  return { perSecond: Math.round((sorted.length / elapsedMs) * 1000), p50us: at(0.5), p99us: at(0.99), maxUs: at(1) };
}

export function print(name, figures) {
  console.log(`${name.padEnd(52)} ${Object.entries(figures).map(([key, value]) => `${key}=${value}`).join('  ')}`);
}
