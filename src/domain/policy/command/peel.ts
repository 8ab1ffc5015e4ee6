import { joined } from './joined-words.js';
import { isDangerousVariable } from './dangerous-variables.js';
import { readOptions } from './program-arguments.js';
import { LAUNCHERS } from './launchers.js';
import { checkBuiltin } from './builtins.js';
import { readFind, readShell, readWatch, readXargs } from './special-programs.js';
import { readText } from './read-text.js';
import { COMMAND_DEPTH, type Session } from './session.js';
import { Unreadable } from './unreadable.js';
import type { ShellWord } from './shell-word.js';
import { UNREAD_PROGRAMS } from './unread-programs.js';

/** Takes the words of a command from whatever launches it, and records what is left; null when nothing is. */
type Special = (words: readonly ShellWord[], session: Session) => readonly ShellWord[] | null;

const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'mksh', 'rbash'];

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ...SHELLS.map((name): [string, Special] => [name, readShell]),
  ['eval', readEval],
  ['trap', readTrap],
  ['xargs', readXargs],
  ['gxargs', readXargs],
  ['find', readFind],
  ['gfind', readFind],
  ['watch', readWatch],
  ['busybox', readMultiCall],
  ['toybox', readMultiCall],
  ['command', readQuery],
]);

/** Where a program of a known name is that program. */
const SYSTEM_FOLDERS = new Set(['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']);

/** Follows a command through its wrappers and records the commands that really run. */
export function peel(words: readonly ShellWord[], session: Session): void {
  let rest: readonly ShellWord[] | null = words;
  for (let layers = 0; rest !== null; layers += 1) {
    if (layers > COMMAND_DEPTH) throw new Unreadable(`it has more than ${COMMAND_DEPTH} wrappers around a command`);
    rest = peelOnce(rest, session);
  }
}

function peelOnce(words: readonly ShellWord[], session: Session): readonly ShellWord[] | null {
  const [program] = words;
  const name = knownName(program);
  if (UNREAD_PROGRAMS.has(name)) throw new Unreadable(`what ${JSON.stringify(name)} runs is not read`);
  const special = SPECIAL.get(name);
  if (special !== undefined) return special(words, session);
  const launcher = LAUNCHERS.get(name);
  if (launcher !== undefined) return launch(words, launcher, session);
  checkBuiltin(name, words);
  if (name === 'cd' || name === 'pushd' || name === 'popd') session.leaveFolder();
  emit(words, session);
  return null;
}

const emit = (words: readonly ShellWord[], session: Session): void => session.emit(words.map((word) => word.value));

/** The name by which a program is known, or its whole text. */
function knownName(program: ShellWord | undefined): string {
  const text = program?.value;
  if (text === undefined || text === null || text === '') throw new Unreadable('which program runs is only known when it runs');
  const slash = text.lastIndexOf('/');
  const name = text.slice(slash + 1);
  const isWrapper = isKnown(name.toLowerCase());
  if (!isWrapper) return name;
  if (name !== name.toLowerCase() || (slash !== -1 && !SYSTEM_FOLDERS.has(text.slice(0, slash)))) throw new Unreadable(`${JSON.stringify(text)} has the name of a program that runs others, and may be another one`);
  return name;
}

const isKnown = (name: string): boolean => SPECIAL.has(name) || LAUNCHERS.has(name) || UNREAD_PROGRAMS.has(name);

function launch(words: readonly ShellWord[], launcher: NonNullable<ReturnType<typeof LAUNCHERS.get>>, session: Session): readonly ShellWord[] | null {
  const { operands, seen } = readOptions(words, launcher.options);
  if (launcher.leavesFolder.some((option) => seen.has(option))) session.leaveFolder();
  if (launcher.queries.some((option) => seen.has(option))) return done(words, session);
  const afterAssignments = launcher.assigns ? skipAssignments(operands) : operands;
  const rest = skipOperands(afterAssignments, launcher.operands);
  if (rest.length === 0) return done(words, session);
  if (launcher.changesUser) emit(words, session);
  if (launcher.keyword && rest[0]?.bare === true && /^(?:[!{}]|if|for|while|until|case)$/.test(rest[0].head)) throw new Unreadable(`it has ${JSON.stringify(rest[0].head)} after ${JSON.stringify(words[0]?.value)}`);
  return rest;
}

function done(words: readonly ShellWord[], session: Session): null {
  emit(words, session);
  return null;
}

function skipAssignments(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  for (const word of words) {
    const name = /^([^=]*)=/.exec(word.head)?.[1];
    if (name === undefined) break;
    if (word.splits || isDangerousVariable(name)) throw new Unreadable(`it sets ${JSON.stringify(name)}, which may change what programs run`);
    at += 1;
  }
  return words.slice(at);
}

function skipOperands(words: readonly ShellWord[], count: number): readonly ShellWord[] {
  if (words.slice(0, count).some((word) => word.splits)) throw new Unreadable('which command is launched is only known when it runs');
  return words.slice(count);
}

function readEval(words: readonly ShellWord[], session: Session): null {
  const operands = words[1]?.value === '--' ? words.slice(2) : words.slice(1);
  readText(joined(operands, 'eval'), session);
  return null;
}

function readTrap(words: readonly ShellWord[], session: Session): null {
  const [first, ...signals] = words[1]?.value === '--' ? words.slice(2) : words.slice(1);
  if (first !== undefined && (first.value === null || signals.some((word) => word.splits))) throw new Unreadable('what trap runs is only known when it runs');
  emit(words, session);
  if (first !== undefined && signals.length > 0 && first.value !== '-') readText(first.value ?? '', session);
  return null;
}


function readMultiCall(words: readonly ShellWord[], session: Session): readonly ShellWord[] | null {
  const [, applet] = words;
  if (applet === undefined || applet.value?.startsWith('-') === true) return done(words, session);
  return words.slice(1);
}

/** `command -v NAME` looks a program up and does not run it. */
function readQuery(words: readonly ShellWord[], session: Session): readonly ShellWord[] | null {
  const { operands, seen } = readOptions(words, { flags: ['p', 'v', 'V'], values: [] });
  return operands.length === 0 || seen.has('v') || seen.has('V') ? done(words, session) : operands;
}
