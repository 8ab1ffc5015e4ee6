import { isAiError } from '../../domain/kernel/errors.js';

const MAX_TRIES = 16;

/**
 * Reads, plans and applies again when somebody else changed the task in between.
 * A stale revision is an ordinary outcome under contention; only a bounded streak of them is an error.
 */
export async function retryStale<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isAiError(error, 'STALE_REVISION') || tries >= MAX_TRIES) throw error;
    }
  }
}
