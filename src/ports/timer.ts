/** Waiting, handed in so that tests need not wait. */
export interface Timer {
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
