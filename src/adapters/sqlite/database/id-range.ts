/** The half-open range of ids that begin with the prefix. Ids are ASCII, and "~" sorts after all of their characters. */
export function idRange(prefix: string): [from: string, to: string] {
  return [prefix, `${prefix}~`];
}
