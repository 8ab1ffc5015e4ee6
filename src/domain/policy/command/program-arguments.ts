import { Unreadable } from './unreadable.js';
import type { ShellWord } from './shell-word.js';

/** Options of a program: single letters (`i` for `-i`) and long names (`--signal`). */
export interface OptionNames {
  readonly flags: readonly string[];
  /** They take a value: the rest of the word, or the next one. */
  readonly values: readonly string[];
}

export interface ReadArguments {
  readonly seen: ReadonlySet<string>;
  /** From the first word that is no option on. */
  readonly operands: readonly ShellWord[];
}

/** Reads the options of a program. What is not known may take the command as its value, so it makes the line unreadable. */
export function readOptions(words: readonly ShellWord[], names: OptionNames): ReadArguments {
  const program = words[0]?.value ?? '';
  const seen = new Set<string>();
  let at = 1;
  for (let word = words[at]; word !== undefined; word = words[at]) {
    const text = optionText(word, program);
    if (text === '--') return { seen, operands: words.slice(at + 1) };
    if (!/^-./.test(text)) break;
    const taken = text.startsWith('--') ? readLong(text, names, program) : readShort(text, names, program);
    for (const option of taken.options) seen.add(option);
    if (taken.needsValue) refuseNoValue(words[at + 1], program);
    at += taken.needsValue ? 2 : 1;
  }
  return { seen, operands: words.slice(at) };
}

function refuseNoValue(value: ShellWord | undefined, program: string): void {
  if (value === undefined || value.splits) throw new Unreadable(`the value of an option of ${JSON.stringify(program)} is missing or only known when it runs`);
}

/** The text of a word; one that is not known may still be known to be no option, or an option with a value. */
function optionText(word: ShellWord, program: string): string {
  if (word.value !== null) return word.value;
  const isSettled = !word.splits && (/^[^-]/.test(word.head) || /^--[a-z-]+=/.test(word.head));
  if (!isSettled) throw new Unreadable(`an option of ${JSON.stringify(program)} is only known when it runs`);
  return word.head;
}

interface Taken {
  readonly options: readonly string[];
  readonly needsValue: boolean;
}

function readLong(text: string, names: OptionNames, program: string): Taken {
  const [name = text] = text.split('=');
  if (names.values.includes(name)) return { options: [name], needsValue: !text.includes('=') };
  if (names.flags.includes(name)) return { options: [name], needsValue: false };
  throw unknownOption(name, program);
}

function readShort(text: string, names: OptionNames, program: string): Taken {
  const options: string[] = [];
  for (const [index, letter] of Array.from(text.slice(1)).entries()) {
    options.push(letter);
    if (names.values.includes(letter)) return { options, needsValue: index === text.length - 2 };
    if (!names.flags.includes(letter)) throw unknownOption(`-${letter}`, program);
  }
  return { options, needsValue: false };
}

const unknownOption = (option: string, program: string): Unreadable => new Unreadable(`the option ${JSON.stringify(option)} of ${JSON.stringify(program)} is not known`);
