/** What recomputing the chain says. The same form as the port's, so that the domain can judge it. */
export type ChainVerdict =
  | { readonly ok: true; readonly events: number; readonly headSeq: number; readonly headHash: string }
  | { readonly ok: false; readonly events: number; readonly firstBadSeq: number; readonly problem: string };
