import { FINDING_LIMIT, type CheckFinding } from '../../domain/report/check-report.js';

export type Verdict = 'deny' | 'ask' | 'approved';

/** Collects findings. The same rule about the same path at two points is one finding. */
export interface Findings {
  add(verdict: Verdict, finding: CheckFinding): void;
  list(verdict: Verdict): readonly CheckFinding[];
  readonly omitted: number;
}

export function createFindings(): Findings {
  const byVerdict: Readonly<Record<Verdict, Map<string, CheckFinding>>> = { deny: new Map(), ask: new Map(), approved: new Map() };
  let omitted = 0;
  return {
    add(verdict, finding) {
      const found = byVerdict[verdict];
      const key = JSON.stringify([finding.layer, finding.rule, finding.at, finding.path, finding.commit]);
      const known = found.get(key);
      if (known !== undefined) found.set(key, { ...known, points: [...new Set([...known.points, ...finding.points])] });
      else if (found.size < FINDING_LIMIT) found.set(key, finding);
      // What is approved hinders nothing, so that leaving it out must not either.
      else if (verdict !== 'approved') omitted += 1;
    },
    list: (verdict) => [...byVerdict[verdict].values()],
    get omitted() {
      return omitted;
    },
  };
}
