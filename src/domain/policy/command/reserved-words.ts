/** Words that a shell takes as part of its grammar at the beginning of a command. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', 'for', 'case', 'esac', 'select', 'function', 'coproc', 'repeat', 'foreach', 'end', '!', '{', '}', '[[', ']]']);
