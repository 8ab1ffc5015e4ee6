const DECIMAL = /^(\d{1,18})(?:\.(\d{1,18}))?$/;

/** True for what can be an amount: digits, and a fraction after one point. No sign, no exponent. */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/**
 * Compares two amounts exactly, without floating point: negative when the first is smaller, 0 when they are the same
 * amount (`4` and `4.00`). What is no amount counts as nothing at all, the smallest: a limit that can't be read lets nothing through.
 */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [scaled(a), scaled(b)];
  return left < right ? -1 : Number(left > right);
}

function scaled(text: string): bigint {
  const [, whole = '0', fraction = ''] = DECIMAL.exec(text) ?? [];
  return BigInt(whole + fraction.padEnd(18, '0'));
}
