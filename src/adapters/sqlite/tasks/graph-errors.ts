import { AiError } from '../../../domain/kernel/errors.js';

/** Ids named in a message; `details.cycle` has them all. */
const MAX_NAMED = 12;

/** `cycle` begins and ends with the same id. */
export function dependencyCycle(cycle: readonly string[], relation: 'depends on' | 'is part of'): AiError {
  const named = cycle.length <= MAX_NAMED ? cycle : [...cycle.slice(0, MAX_NAMED - 1), `(${cycle.length - MAX_NAMED} more)`, ...cycle.slice(-1)];
  return new AiError({
    code: 'DEPENDENCY_CYCLE',
    message: `This closes a circle: ${named.join(` ${relation} `)}. None of these tasks could ever start.`,
    hint: relation === 'depends on' ? 'Leave one of these dependencies out; see them with: ai task graph ID' : 'Choose another parent.',
    details: { cycle },
  });
}
