import { constants } from 'node:os';
import type { ErrorClass } from '../../../domain/run/error-class.js';
import type { Classification, RunFacts } from '../../../ports/connector.js';
import type { ProcessExit } from '../../../ports/processes.js';
import { lastLines, messageLine } from './text.js';

/** Stderr lines that are worth repeating in a run's record. */
const STDERR_LINES = 5;
const FIRST_SIGNAL_EXIT = 129;
const LAST_SIGNAL_EXIT = 192;

export const DONE: Classification = { errorClass: null, message: null, retryAfterMs: null };

export function failure(errorClass: ErrorClass, message: string, retryAfterMs: number | null = null): Classification {
  return { errorClass, message: messageLine(message), retryAfterMs };
}

/** What an exit says when nothing better is known; DONE for 0. The shell's convention: 126 and 127 mean that nothing ran, 128+n that signal n ended it. */
export function classifyExit(facts: RunFacts): Classification {
  const { exitCode } = facts.exit;
  if (exitCode === 0) return DONE;
  return failure(classOfExit(facts.exit), withStderr(describeExit(facts.exit), facts.stderrTail));
}

export function describeExit(exit: ProcessExit): string {
  const signal = exit.signal ?? signalOfExitCode(exit.exitCode);
  if (signal !== null) return `The agent was ended by ${signal}.`;
  if (exit.exitCode === 127) return 'The program does not exist (exited with 127).';
  if (exit.exitCode === 126) return 'The program may not be run (exited with 126).';
  if (exit.exitCode === null) return 'The agent ended, and how is not known.';
  return `The agent exited with ${exit.exitCode}.`;
}

export function withStderr(description: string, stderrTail: string): string {
  const lines = lastLines(stderrTail, STDERR_LINES);
  return lines === '' ? description : `${description} Its last words: ${lines}`;
}

function classOfExit(exit: ProcessExit): ErrorClass {
  if (exit.exitCode === 126 || exit.exitCode === 127) return 'tool_missing';
  if (exit.exitCode === null || exit.signal !== null || signalOfExitCode(exit.exitCode) !== null) return 'agent_crash';
  return 'unknown';
}

function signalOfExitCode(exitCode: number | null): string | null {
  if (exitCode === null || exitCode < FIRST_SIGNAL_EXIT || exitCode > LAST_SIGNAL_EXIT) return null;
  const number = exitCode - 128;
  const known = Object.entries(constants.signals).find(([, value]) => value === number);
  return known === undefined ? `signal ${number}` : known[0];
}
