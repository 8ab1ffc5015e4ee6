import { quote } from '../../kernel/ids.js';
import type { LayerView } from './layer-view.js';
import { layerProblem, type LayerProblem } from './problem.js';

/** A lower layer may leave members of a team out, but can't make new ones: they could approve what the layer above guards. */
export function checkTeams(view: LayerView): readonly LayerProblem[] {
  return Object.entries(view.layer.teams).flatMap(([team, members]) => {
    const definitions = view.above.filter((layer) => Object.hasOwn(layer.teams, team));
    const [definition] = definitions;
    const added = members.filter((member) => !definitions.every((layer) => layer.teams[team]?.includes(member)));
    if (definition === undefined || added.length === 0) return [];
    const message = `it adds ${added.slice(0, 3).map(quote).join(', ')} to the team ${quote(team)} of ${definition.source}.`;
    return [layerProblem(view.layer, { code: 'team-widened', at: null, message, hint: `Add members in ${definition.source}, or define a team of another name.` })];
  });
}

/** Approvals from a team that nobody defines could never be given. */
export function checkApprovers(view: LayerView): readonly LayerProblem[] {
  const known = new Set([...view.above, view.layer].flatMap((layer) => Object.keys(layer.teams)));
  return view.layer.rules.flatMap((rule) =>
    (rule.approval?.from ?? [])
      .filter((entry) => entry.startsWith('team:') && !known.has(entry.slice('team:'.length)))
      .map((entry) => {
        const message = `the rule ${quote(rule.id)} asks for an approval from ${quote(entry)}, and no team of that name is defined in this layer or above.`;
        return layerProblem(view.layer, { code: 'team-unknown', at: rule.at, message, hint: 'Define the team under teams:, or name a user as user:NAME.' });
      }),
  );
}
