import { AiError } from '../../domain/kernel/errors.js';
import type { CommandResult } from '../../ports/processes.js';
import { INSTALL_HINT } from './git-version.js';

const STDERR_CHARACTERS = 2_000;

/** What went wrong in a git process, in words that tell what to do. */
export function gitFailure(args: readonly string[], result: CommandResult): AiError {
  const command = `git ${args.find((word) => !word.startsWith('-') && !word.includes('=')) ?? ''}`;
  const details = { command: ['git', ...args].join(' ').slice(0, 500), exitCode: result.exitCode, signal: result.signal, stderr: result.stderr.slice(-STDERR_CHARACTERS) };
  if (result.notFound) return new AiError({ code: 'GIT_MISSING', message: 'The program git was not found on the PATH.', hint: INSTALL_HINT });
  if (result.timedOut) return new AiError({ code: 'GIT_FAILED', message: `\`${command}\` did not end in time and was stopped.`, hint: 'Is the disk or the network file system slow? Try again.', retryable: true, details });
  return lockFailure(result.stderr) ?? diskFailure(result.stderr, details) ?? new AiError({ code: 'GIT_FAILED', message: `\`${command}\` failed (${describeExit(result)}): ${firstComplaint(result.stderr)}`, hint: 'git fsck', details });
}

/** A lock file is in the way: another git works, or a killed one left it. Null when that is not what git says. */
export function lockFailure(stderr: string): AiError | null {
  const lockFile = /Unable to create '(.+\.lock)': File exists/.exec(stderr)?.[1];
  if (lockFile === undefined) return null;
  return new AiError({
    code: 'GIT_FAILED',
    message: `Git's lock file ${lockFile} is there: another git command works on this repository, or one was killed and left it.`,
    hint: `Try again. If \`pgrep -a git\` shows no git at work here, remove it: rm '${lockFile.replaceAll("'", String.raw`'\''`)}'`,
    retryable: true,
    details: { lockFile },
  });
}

function diskFailure(stderr: string, details: Readonly<Record<string, unknown>>): AiError | null {
  if (/No space left on device|Disk quota exceeded/.test(stderr)) return new AiError({ code: 'DISK_FULL', message: 'Git could not write: the disk is full.', hint: 'df -h', retryable: true, details });
  if (stderr.includes('Read-only file system')) return new AiError({ code: 'READ_ONLY', message: 'Git could not write: the file system is read-only.', hint: 'mount | grep ro,', details });
  return null;
}

function describeExit(result: CommandResult): string {
  return result.exitCode === null ? `ended by ${result.signal ?? 'a signal'}` : `exit ${result.exitCode}`;
}

function firstComplaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^(fatal|error):/.test(line)) ?? lines[0] ?? 'it said nothing').slice(0, 300);
}
