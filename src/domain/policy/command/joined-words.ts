import type { ShellWord } from './shell-word.js';
import { Unreadable } from './unreadable.js';

/** All words as one text, as a shell gets it. */
export function joined(words: readonly ShellWord[], program: string): string {
  return words
    .map((word) => {
      if (word.value === null) throw new Unreadable(`what ${program} runs is only known when it runs`);
      return word.value;
    })
    .join(' ');
}
