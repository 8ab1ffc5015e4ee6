import { isDangerousVariable } from './dangerous-variables.js';
import { Unreadable } from './unreadable.js';
import type { ShellWord } from './shell-word.js';

const DECLARING = new Set(['export', 'readonly', 'declare', 'typeset', 'local']);
/** Built-in commands that set variables or calculate by their arguments. */
const EVALUATING = new Set([...DECLARING, 'read', 'printf', 'test', '[', 'unset', 'getopts', 'wait']);

/** Refuses those uses of a shell's built-in commands that change what later commands do, or run code hidden in an argument. */
export function checkBuiltin(name: string, words: readonly ShellWord[]): void {
  if (!EVALUATING.has(name)) return;
  const operands = words.slice(1);
  if (operands.some((word) => word.value !== null && /\[[^\]]*[$`]/.test(word.value))) throw new Unreadable(`an argument of ${name} may run code`);
  if (DECLARING.has(name)) operands.forEach((word) => checkDeclaration(name, word));
  if (name === 'printf' && (operands[0]?.splits === true || /^-v/.test(operands[0]?.head ?? ''))) throw new Unreadable('printf may set a variable');
  if (name === 'read' || name === 'getopts') operands.forEach((word) => checkTarget(name, word));
}

function checkDeclaration(name: string, word: ShellWord): void {
  if (word.value !== null && /^-[xrgpt]*$/.test(word.value)) return;
  const variable = /^([A-Za-z_][A-Za-z0-9_]*)(?:\+?=|$)/.exec(word.head)?.[1];
  const isSettled = variable !== undefined && !word.splits && (word.value !== null || word.head.includes('='));
  if (!isSettled || isDangerousVariable(variable)) throw new Unreadable(`${name} may change what programs run`);
}

function checkTarget(name: string, word: ShellWord): void {
  if (word.value === null || isDangerousVariable(word.value)) throw new Unreadable(`${name} may change what programs run`);
}
