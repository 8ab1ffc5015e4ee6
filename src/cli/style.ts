import type { Style } from './io.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** SGR codes that open and close each style (ECMA-48). */
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

/** Colours, or the identity. Escaping foreign text is the caller's duty, before it is coloured. */
export function createStyle(enabled: boolean): Style {
  const wrap = (name: keyof typeof CODES) => {
    const [open, close] = CODES[name];
    return (text: string): string => (enabled && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  };
  return { enabled, bold: wrap('bold'), dim: wrap('dim'), red: wrap('red'), green: wrap('green'), yellow: wrap('yellow'), cyan: wrap('cyan') };
}

/**
 * `--no-color` decides, then FORCE_COLOR, then NO_COLOR (no-color.org: any value that is not empty),
 * then whether this is a terminal that can show colours.
 */
export function wantsColour(environment: Environment, given: { readonly noColor: boolean; readonly isTerminal: boolean }): boolean {
  if (given.noColor) return false;
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return given.isTerminal && environment['TERM'] !== 'dumb';
}

/** New lines only, nothing redrawn: for logs, dumb terminals and screen readers. */
export function wantsAppendOnly(environment: Environment, isTerminal: boolean): boolean {
  const accessible = environment['ACCESSIBLE'] ?? '';
  return !isTerminal || environment['TERM'] === 'dumb' || (accessible !== '' && accessible !== '0');
}
