import { setTimeout as sleep } from 'node:timers/promises';
import type { Timer } from '../../ports/timer.js';

/** Waits in real time; a wait keeps the program running until it is over. */
export function createSystemTimer(): Timer {
  return {
    async sleep(ms, signal) {
      try {
        await sleep(ms, undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        // The one reason to reject is that the signal ended the wait, which is what it is for.
        if (signal?.aborted !== true) throw error;
      }
    },
  };
}
