const MICROS = 1_000_000n;
const DECIMAL = /^(\d{1,9})(?:\.(\d+))?$/;

/** Decimal string in US dollars to micro-dollars, rounded up: what is unclear counts as spent. Null for what is no amount. */
export function usdToMicros(text: string): number | null {
  const [, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return null;
  const rest = fraction.slice(6).replaceAll('0', '') === '' ? 0n : 1n;
  const micros = BigInt(whole) * MICROS + BigInt(fraction.slice(0, 6).padEnd(6, '0')) + rest;
  return micros <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(micros) : null;
}

/** Micro-dollars as a decimal string with at least two places. */
export function microsToUsd(micros: number): string {
  const whole = Math.floor(micros / 1_000_000);
  const fraction = String(micros % 1_000_000).padStart(6, '0').replace(/0{1,4}$/, '');
  return `${whole}.${fraction}`;
}
