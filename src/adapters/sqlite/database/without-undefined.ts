/** An edit in which a key that is present with the value undefined counts as absent. */
export function withoutUndefined<T extends object>(edit: T): Partial<T> {
  const entries: [string, unknown][] = Object.entries(edit);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<T>;
}
