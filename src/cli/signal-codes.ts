import { constants } from 'node:os';

const SIGNAL_BASE = 128;

/** 128 + n, as shells say it; an unknown name counts as SIGINT. Apart from the table of codes, which only failures load. */
export function exitCodeOfSignal(name: string): number {
  const signals: Readonly<Record<string, number>> = constants.signals;
  return SIGNAL_BASE + (signals[name] ?? constants.signals.SIGINT);
}

/** What was thrown is no expected failure. */
export const EXIT_BUG = 70;
