import type { OptionNames } from './program-arguments.js';

/** A program that runs the command that follows its options. */
export interface Launcher {
  readonly options: OptionNames;
  /** Words between the options and the command: the duration of `timeout`. */
  readonly operands: number;
  /** `NAME=value` may come before the command. */
  readonly assigns: boolean;
  /** It runs the command with other rights or in another tree, and is recorded beside it: to allow the command is not to allow that. */
  readonly changesUser: boolean;
  /** A keyword of some shells, after which a whole pipeline may come. */
  readonly keyword: boolean;
  /** With one of these options it runs nothing. */
  readonly queries: readonly string[];
  /** With one of these options the command runs in another folder. */
  readonly leavesFolder: readonly string[];
}

function launcher(flags: readonly string[], values: readonly string[], more: Partial<Launcher> = {}): Launcher {
  return { options: { flags, values }, operands: 0, assigns: false, changesUser: false, keyword: false, queries: [], leavesFolder: [], ...more };
}

const SUDO = launcher(
  ['A', 'b', 'B', 'E', 'e', 'H', 'K', 'k', 'l', 'N', 'n', 'P', 'S', 'V', 'v', '--askpass', '--background', '--preserve-env', '--set-home', '--list', '--non-interactive', '--stdin', '--validate', '--version', '--reset-timestamp', '--edit'],
  ['C', 'D', 'g', 'h', 'p', 'R', 'r', 'T', 't', 'U', 'u', '--chdir', '--group', '--host', '--prompt', '--chroot', '--role', '--command-timeout', '--type', '--other-user', '--user', '--close-from'],
  { assigns: true, changesUser: true, queries: ['l', 'v', 'V', 'e', '--list', '--validate', '--version', '--edit'], leavesFolder: ['D', 'R', '--chdir', '--chroot'] },
);

export const LAUNCHERS: ReadonlyMap<string, Launcher> = new Map([
  ['env', launcher(['i', '0', 'v', '-', '--ignore-environment', '--null', '--debug'], ['u', 'C', '--unset', '--chdir'], { assigns: true, leavesFolder: ['C', '--chdir'] })],
  ['sudo', SUDO],
  ['doas', launcher(['L', 'n'], ['a', 'C', 'u'], { changesUser: true })],
  ['chroot', launcher(['--skip-chdir'], ['--userspec', '--groups', 'u', 'g', 'G'], { operands: 1, changesUser: true, leavesFolder: [] })],
  ['nice', launcher(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-'], ['n', '--adjustment'])],
  ['nohup', launcher([], [])],
  ['time', launcher(['p', 'a', 'v', 'q', 'V', '--append', '--verbose', '--portability', '--quiet'], ['f', 'o', '--format', '--output'], { assigns: true, keyword: true })],
  ['timeout', launcher(['v', 'f', 'p', '--verbose', '--foreground', '--preserve-status'], ['s', 'k', '--signal', '--kill-after'], { operands: 1 })],
  ['gtimeout', launcher(['v', 'f', 'p', '--verbose', '--foreground', '--preserve-status'], ['s', 'k', '--signal', '--kill-after'], { operands: 1 })],
  ['stdbuf', launcher([], ['i', 'o', 'e', '--input', '--output', '--error'])],
  ['ionice', launcher(['t', '--ignore'], ['c', 'n', 'p', 'P', 'u', '--class', '--classdata', '--pid'], { queries: ['p', 'P', 'u', '--pid'] })],
  ['setsid', launcher(['c', 'f', 'w', '--ctty', '--fork', '--wait'], [])],
  ['exec', launcher(['c', 'l'], ['a'])],
  ['builtin', launcher([], [])],
  ['noglob', launcher([], [], { keyword: true, assigns: true })],
  ['nocorrect', launcher([], [], { keyword: true, assigns: true })],
  ['-', launcher([], [], { keyword: true, assigns: true })],
]);
