/**
 * A sequence with gaps: runs of items, and between two runs any number of other items, also none.
 * A name is one (its gaps are `*`, its items characters), and so is a path (`**`, names).
 * There is at least one run; a single run has no gap and a fixed length.
 */
export type Runs<T> = readonly (readonly T[])[];

/** Tells whether two items can be the same. Where both are of one type the order must not matter. */
export type Meets<A, B> = (a: A, b: B) => boolean;

/**
 * True when some sequence belongs to both. Where both have gaps, only their ends can disagree: whatever stands in
 * the middle of one fits into a gap of the other. Otherwise the shorter runs are placed as far left as
 * possible, which is enough because each position of a fixed sequence is compared on its own.
 */
export function runsMeet<T>(a: Runs<T>, b: Runs<T>, meets: Meets<T, T>): boolean {
  if (b.length === 1) return placeRuns(a, b[0] ?? [], meets) !== null;
  if (a.length === 1) return placeRuns(b, a[0] ?? [], meets) !== null;
  return beginningsMeet(a[0] ?? [], b[0] ?? [], meets) && endingsMeet(a.at(-1) ?? [], b.at(-1) ?? [], meets);
}

/** Where each run begins in a fixed sequence so that it fits, or null when it can't. */
export function placeRuns<A, B>(runs: Runs<A>, fixed: readonly B[], meets: Meets<A, B>): readonly number[] | null {
  const head = runs[0] ?? [];
  if (runs.length === 1) return head.length === fixed.length && fits(head, fixed, { at: 0, meets }) ? AT_START : null;
  const tail = runs.at(-1) ?? [];
  const tailStart = fixed.length - tail.length;
  if (tailStart < head.length || !fits(head, fixed, { at: 0, meets }) || !fits(tail, fixed, { at: tailStart, meets })) return null;
  return runs.length === 2 ? [0, tailStart] : placeMiddle(runs, fixed, { from: head.length, to: tailStart, meets });
}

function placeMiddle<A, B>(runs: Runs<A>, fixed: readonly B[], where: { readonly from: number; readonly to: number; readonly meets: Meets<A, B> }): readonly number[] | null {
  const starts = [0];
  let next = where.from;
  for (const run of runs.slice(1, -1)) {
    while (next + run.length <= where.to && !fits(run, fixed, { at: next, meets: where.meets })) next += 1;
    if (next + run.length > where.to) return null;
    starts.push(next);
    next += run.length;
  }
  return [...starts, where.to];
}

const AT_START: readonly number[] = [0];

function fits<A, B>(run: readonly A[], fixed: readonly B[], where: { readonly at: number; readonly meets: Meets<A, B> }): boolean {
  for (let index = 0; index < run.length; index += 1) {
    if (!where.meets(run[index] as A, fixed[where.at + index] as B)) return false;
  }
  return true;
}

function beginningsMeet<T>(a: readonly T[], b: readonly T[], meets: Meets<T, T>): boolean {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    if (!meets(a[index] as T, b[index] as T)) return false;
  }
  return true;
}

function endingsMeet<T>(a: readonly T[], b: readonly T[], meets: Meets<T, T>): boolean {
  const shared = Math.min(a.length, b.length);
  for (let index = 1; index <= shared; index += 1) {
    if (!meets(a[a.length - index] as T, b[b.length - index] as T)) return false;
  }
  return true;
}

/** How a common sequence is put together: from an item of both, or from an item of one where the other has a gap. */
export interface Joiner<T, R> {
  readonly meets: Meets<T, T>;
  readonly both: (a: T, b: T) => R;
  readonly one: (item: T) => R;
}

/** A sequence that belongs to both, in parts with the remaining gaps between them, or null when there is none. */
export function joinRuns<T, R>(a: Runs<T>, b: Runs<T>, joiner: Joiner<T, R>): R[][] | null {
  if (b.length === 1) return joinFixed(a, b[0] ?? [], joiner);
  if (a.length === 1) return joinFixed(b, a[0] ?? [], joiner);
  if (!runsMeet(a, b, joiner.meets)) return null;
  const middle = [...a.slice(1, -1), ...b.slice(1, -1)].map((run) => run.map(joiner.one));
  return [joinBeginnings(a[0] ?? [], b[0] ?? [], joiner), ...middle, joinEndings(a.at(-1) ?? [], b.at(-1) ?? [], joiner)];
}

function joinFixed<T, R>(runs: Runs<T>, fixed: readonly T[], joiner: Joiner<T, R>): R[][] | null {
  const starts = placeRuns(runs, fixed, joiner.meets);
  if (starts === null) return null;
  const covering = new Map<number, T>();
  runs.forEach((run, which) => {
    run.forEach((item, index) => covering.set((starts[which] ?? 0) + index, item));
  });
  return [fixed.map((item, index) => (covering.has(index) ? joiner.both(item, covering.get(index) as T) : joiner.one(item)))];
}

function joinBeginnings<T, R>(a: readonly T[], b: readonly T[], joiner: Joiner<T, R>): R[] {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.map((item, index) => (index < short.length ? joiner.both(item, short[index] as T) : joiner.one(item)));
}

function joinEndings<T, R>(a: readonly T[], b: readonly T[], joiner: Joiner<T, R>): R[] {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const extra = long.length - short.length;
  return long.map((item, index) => (index >= extra ? joiner.both(item, short[index - extra] as T) : joiner.one(item)));
}
