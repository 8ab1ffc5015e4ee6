const UNITS = [
  { suffix: 'd', ms: 86_400_000 },
  { suffix: 'h', ms: 3_600_000 },
  { suffix: 'm', ms: 60_000 },
  { suffix: 's', ms: 1_000 },
] as const;

/** ISO 8601 in UTC with milliseconds; null stays null. */
export function iso(ms: number): string;
export function iso(ms: number | null): string | null;
export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A length of time for people, in at most two units: `45s`, `3m 12s`, `2h`, `5d 4h`. A negative one counts as none. */
export function age(ms: number): string {
  const whole = Math.max(0, ms);
  const first = UNITS.findIndex((unit) => whole >= unit.ms);
  const unit = UNITS[first];
  if (unit === undefined) return '0s';
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % unit.ms) / next.ms);
  return `${Math.floor(whole / unit.ms)}${unit.suffix}${rest === 0 || next === undefined ? '' : ` ${rest}${next.suffix}`}`;
}
