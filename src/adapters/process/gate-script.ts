/**
 * How a program is started so that it exists before it runs, and never outlives us.
 *
 * The program is started through one fixed /bin/sh script. Nothing of the user is ever part of the
 * script's text: marker and program arrive as positional parameters.
 *
 * 1. The gate: the shell waits for the word `go` on descriptor 3. When we die first, it reads the end
 *    of the input and leaves with 125, having started nothing.
 * 2. The guard: a background process of the same group that waits for the end of input on descriptor
 *    3, whose other end only we hold. When we die, however, it ends the group: TERM, a short
 *    wait, KILL. Forked twice, so that the program never has a child that it did not start; deaf to the
 *    polite signals, which go to its whole group; holding none of the program's pipes.
 * 3. `exec` replaces the shell: the program has the pid that was recorded. When there is no such
 *    program the shell says so on stderr and leaves with 127, or 126 when it may not be run.
 *
 * A guard that lives also keeps the group's number from being given to anybody else.
 */
const GUARD_GRACE_SECONDS = '0.5';

const GATE_SCRIPT = [
  'IFS= read -r AI_GATE <&3 && [ "$AI_GATE" = go ] || exit 125',
  // The sleep of POSIX takes whole seconds only, and is not in /bin everywhere.
  `( trap "" HUP INT QUIT TERM; { while IFS= read -r AI_GATE; do :; done; kill -TERM 0; /bin/sleep ${GUARD_GRACE_SECONDS} || command -p sleep 1; kill -KILL 0; } <&3 & ) </dev/null >/dev/null 2>&1`,
  'unset AI_GATE $2',
  'shift 2',
  'exec 3<&-',
  'exec "$@"',
].join('; ');

const GATE_NAME = 'ai-gate';
export const GATE_SHELL = '/bin/sh';
/** What the gate is told to let the program start. */
export const GATE_WORD = 'go\n';

/** Variables that shells add to the environment by themselves. */
const SHELL_VARIABLES = ['PWD', 'OLDPWD'];

export interface GatedProgram {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly marker: string;
}

/** Arguments for GATE_SHELL that start the program behind the gate with exactly `env` (where /bin/sh is bash, `_` and `SHLVL` are added). */
export function gateArguments(program: GatedProgram): string[] {
  const added = SHELL_VARIABLES.filter((name) => !(name in program.env));
  return ['-c', GATE_SCRIPT, GATE_NAME, program.marker, added.join(' '), ...program.argv];
}

/** True for the command line (joined by spaces) of a gate or guard of this run. */
export function isGateCommand(commandLine: string, marker: string): boolean {
  return commandLine.startsWith(`${GATE_SHELL} -c ${GATE_SCRIPT} ${GATE_NAME} ${marker} `);
}
