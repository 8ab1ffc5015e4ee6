import { joined } from './joined-words.js';
import { readOptions } from './program-arguments.js';
import { readText } from './read-text.js';
import type { Session } from './session.js';
import { Unreadable } from './unreadable.js';
import { literalWord, unknownWord, type ShellWord } from './shell-word.js';

const SHELL_FLAGS = ['a', 'b', 'e', 'f', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 't', 'u', 'v', 'x', 'B', 'C', 'E', 'H', 'P', 'T', 'c', 's', '--login', '--norc', '--noprofile', '--posix', '--noediting', '--verbose', '--restricted'];

/** Without `-i`: an interactive shell reads aliases from files. `sh -c TEXT` is read like text of its own; `sh FILE` is a plain command; `sh` alone runs what it is fed. */
export function readShell(words: readonly ShellWord[], session: Session): null {
  const { seen, operands } = readOptions(words, { flags: SHELL_FLAGS, values: ['o', 'O'] });
  const [first] = operands;
  if (seen.has('c')) {
    if (first === undefined || first.value === null || /^[-+]/.test(first.value)) throw new Unreadable('what a shell runs is only known when it runs');
    readText(first.value, session);
  } else if (first === undefined || seen.has('s') || first.value === null || /^(?:[-+]|$)/.test(first.value)) throw new Unreadable('a shell runs what it is fed');
  else session.emit(words.map((word) => word.value));
  return null;
}

const XARGS = {
  flags: ['0', 'r', 't', 'x', 'p', 'o', '--null', '--no-run-if-empty', '--verbose', '--exit', '--interactive', '--open-tty', '--replace'],
  values: ['a', 'd', 'E', 'I', 'J', 'L', 'n', 'P', 's', 'R', 'S', '--arg-file', '--delimiter', '--max-lines', '--max-args', '--max-procs', '--max-chars', '--process-slot-var'],
};

/** The command runs with words from the input at its end, or wherever its placeholder stands. */
export function readXargs(words: readonly ShellWord[], session: Session): readonly ShellWord[] {
  const { seen, operands } = readOptions(words, XARGS);
  const placeholder = seen.has('I') || seen.has('J') || seen.has('--replace') ? placeholderOf(words, words.length - operands.length) : null;
  const command = operands.length === 0 ? [literalWord('echo')] : operands;
  session.emit(words.slice(0, 1).map((word) => word.value));
  return placeholder === null ? [...command, SPLIT] : command.map((word) => replaced(word, placeholder));
}

const SPLIT: ShellWord = { ...unknownWord(), splits: true };

/** The text after `-I`, `-J` or `--replace=`; `{}` where there is none. */
function placeholderOf(words: readonly ShellWord[], end: number): string {
  const options = words.slice(1, end);
  for (const [index, { value }] of options.entries()) {
    const attached = /^(?:-[0rtxpo]*[IJ]|--replace=)(.+)$/.exec(value ?? '')?.[1];
    if (attached !== undefined) return attached;
    if (/^-[0rtxpo]*[IJ]$/.test(value ?? '')) return options[index + 1]?.value ?? '';
  }
  return '{}';
}

const replaced = (word: ShellWord, placeholder: string): ShellWord => (word.value !== null && word.value.includes(placeholder) ? unknownWord(word.value.slice(0, word.value.indexOf(placeholder))) : word);

const EXECUTES = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/** find itself, and every command that it runs on what it finds. */
export function readFind(words: readonly ShellWord[], session: Session): null {
  session.emit(words.map((word) => word.value));
  for (let at = 1; at < words.length; at += 1) {
    if (!EXECUTES.has(words[at]?.value ?? '')) continue;
    const end = words.findIndex((word, index) => index > at && (word.value === ';' || (word.value === '+' && words[index - 1]?.value === '{}')));
    if (end === -1) throw new Unreadable('a command of find is never ended');
    const command = words.slice(at + 1, end).map((word) => replaced(word, '{}'));
    session.deeper(() => session.grammar.peel(command, session));
    at = end;
  }
  return null;
}

const WATCH = { flags: ['b', 'c', 'd', 'e', 'g', 'p', 't', 'w', 'x', '--beep', '--color', '--differences', '--errexit', '--chgexit', '--precise', '--no-title', '--exec'], values: ['n', 'q', '--interval', '--equexit'] };

/** watch hands its words to a shell as one text, unless it is told not to. */
export function readWatch(words: readonly ShellWord[], session: Session): readonly ShellWord[] | null {
  const { seen, operands } = readOptions(words, WATCH);
  if (operands.length === 0) throw new Unreadable('watch has no command');
  if (seen.has('x') || seen.has('--exec')) return operands;
  readText(joined(operands, 'watch'), session);
  return null;
}
