import { amountAt, valueAt, type JsonRecord } from './json.js';

/** Nobody spends more in one run; larger amounts are nonsense of an agent. */
const MAX_USD = 1_000_000;
const COST_DECIMALS = 10;

/** A count: whole, not negative, exactly representable. */
export function wholeNumber(record: JsonRecord, key: string): number | null {
  const value = amountAt(record, key);
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

/** An amount in US dollars as a plain decimal string, from a JSON number or such a string. */
export function decimalUsd(record: JsonRecord, key: string): string | null {
  const value = valueAt(record, key);
  if (typeof value === 'number') return formatUsd(value);
  return typeof value === 'string' && /^\d{1,7}(\.\d{1,20})?$/.test(value) ? formatUsd(Number(value)) : null;
}

/** `0.0186` for 0.018599999999999995: ten decimals, more than any price list has, hide the noise of binary fractions. */
export function formatUsd(amount: number): string | null {
  if (!Number.isFinite(amount) || amount < 0 || amount > MAX_USD) return null;
  return amount.toFixed(COST_DECIMALS).replace(/\.?0+$/, '');
}
