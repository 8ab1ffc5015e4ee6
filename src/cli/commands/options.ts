import { parseDurationMs } from '../../domain/kernel/duration.js';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';

/** For options that may be given several times: commander calls it once for each. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Repeated or comma-separated words; empty ones are dropped, so that `--label ""` means none. */
export function words(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map((word) => word.trim()).filter((word) => word !== '');
}

/** For options that an empty value clears. */
export function emptyIsNull(value: string): string | null {
  return value.trim() === '' ? null : value;
}

export interface NumberOption {
  /** With its dashes, for the message. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** Throws INVALID_INPUT for anything but plain decimal digits within the limits: no sign, exponent, fraction, or NaN. */
export function wholeNumber(text: string, option: NumberOption): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= option.min && value <= option.max)) {
    throw new AiError({ code: 'INVALID_INPUT', message: `${option.name} takes a whole number from ${option.min} to ${option.max}, not ${quote(text)}.`, details: { option: option.name } });
  }
  return value;
}

/** A sequence number to go on after. */
export function sinceSeq(text: string | undefined): number {
  return text === undefined ? 0 : wholeNumber(text, { name: '--since', min: 0, max: Number.MAX_SAFE_INTEGER });
}

/** A time to wait: like a duration, and 0 for not at all. */
export function waitMs(text: string | undefined, fallbackMs: number): number {
  if (text === undefined) return fallbackMs;
  return /^0+(ms|s|m|h|d)?$/.test(text.trim()) ? 0 : parseDurationMs(text);
}

/** A usage mistake that commander can't see by itself. */
export function usage(message: string, hint: string): AiError {
  return new AiError({ code: 'USAGE', message, hint });
}
