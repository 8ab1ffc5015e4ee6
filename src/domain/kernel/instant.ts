/**
 * One reading of the clocks. Wall time is for people and for the record; leases are judged by
 * monotonic time and boot id, so that a clock jump neither ends nor extends one.
 */
export interface Instant {
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
  /** Milliseconds of the boot's monotonic clock, comparable between processes of one boot. */
  readonly monoMs: number;
  readonly bootId: string;
}
