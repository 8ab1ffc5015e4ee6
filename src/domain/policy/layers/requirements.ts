import { EVIDENCE_KINDS, type EffectivePolicy, type RequiredEvidence } from '../layer.js';

/** Every kind of evidence that some layer requires before a task is done, in the order of EVIDENCE_KINDS. */
export function requiredEvidence(policy: EffectivePolicy): readonly RequiredEvidence[] {
  const required = new Set(policy.layers.flatMap((layer) => layer.evidence));
  return EVIDENCE_KINDS.filter((kind) => required.has(kind));
}

/** Members of each team. Where several layers define one, only those whom all of them name: a lower layer can't add approvers. */
export function effectiveTeams(policy: EffectivePolicy): ReadonlyMap<string, readonly string[]> {
  const teams = new Map<string, readonly string[]>();
  for (const layer of policy.layers) {
    for (const [team, members] of Object.entries(layer.teams)) {
      const above = teams.get(team);
      teams.set(team, above === undefined ? [...new Set(members)] : above.filter((member) => members.includes(member)));
    }
  }
  return teams;
}

/** The names of users that `team:NAME` and `user:NAME` stand for, sorted, each once. */
export function resolveApprovers(policy: EffectivePolicy, from: readonly string[]): readonly string[] {
  const teams = effectiveTeams(policy);
  const names = from.flatMap((entry) => (entry.startsWith('team:') ? (teams.get(entry.slice('team:'.length)) ?? []) : entry.startsWith('user:') ? [entry.slice('user:'.length)] : []));
  return [...new Set(names)].sort();
}
