import type { DecisionRequest } from '../request.js';
import { allowsCommand } from './match-command.js';
import type { RuleState } from './rule-state.js';

/**
 * Allows are for single commands, and a line is allowed by a layer when its allows together cover every command of it.
 * Takes away the allows of those layers that cover a part only.
 */
export function coverCommands(matched: readonly RuleState[], request: DecisionRequest): readonly RuleState[] {
  const layers = new Set(matched.filter((state) => state.compiled.isAllow).map((state) => state.compiled.layerIndex));
  const uncovered = new Set([...layers].filter((layer) => !covers(matched.filter((state) => isAllowOf(state, layer) && state.override === null), request)));
  const withdrawn = matched.filter((state) => state.compiled.isAllow && uncovered.has(state.compiled.layerIndex));
  for (const state of withdrawn) state.withdraw();
  return matched.filter((state) => !withdrawn.includes(state));
}

const isAllowOf = (state: RuleState, layer: number): boolean => state.compiled.isAllow && state.compiled.layerIndex === layer;

function covers(allows: readonly RuleState[], request: DecisionRequest): boolean {
  const commands = request.command?.commands ?? [];
  const patterns = allows.map((state) => state.compiled.rule.command);
  if (patterns.includes(null)) return true;
  return commands.every((command) => patterns.some((pattern) => pattern !== null && allowsCommand(pattern, command)));
}
