import type { Effect } from '../../domain/policy/effect.js';
import type { Style } from '../io.js';

const MARKS: Readonly<Record<Effect, string>> = { allow: '✓ allow', ask: '? ask', deny: '✗ deny' };
const COLOURS = { allow: 'green', ask: 'yellow', deny: 'red' } as const;

/** `✓ allow`: glyph and word, so that colour is never the only carrier. */
export const effectMark = (effect: Effect): string => MARKS[effect];

export const paintEffect = (text: string, effect: Effect, style: Style): string => style[COLOURS[effect]](text);
