import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the process table is read while something is waited for: soon at first, since most things are quick. */
const FIRST_POLL_MS = 1;
const MAX_POLL_MS = 25;

/** Waits until the condition holds, at most `timeoutMs` of monotonic time. Answers whether it holds. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const endsAtMs = performance.now() + timeoutMs;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, MAX_POLL_MS)) {
    if (condition()) return true;
    const leftMs = endsAtMs - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(pollMs, leftMs));
  }
}
