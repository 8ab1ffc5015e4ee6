import type { ConnectorCapabilities } from '../../../ports/connector.js';
import type { Version } from '../shared/version.js';

/** Older ones lack flags that a run can't do without. The oldest version that was run with this connector. */
export const OLDEST_SUPPORTED: Version = [2, 1, 197];

/** From here on `--permission-prompts none` is known; 2.1.197 refuses it. */
export const ANSWERS_PROMPTS_ITSELF: Version = [2, 1, 329];

/** What every supported version has. */
export const CAPABILITIES: ConnectorCapabilities = {
  streaming: true,
  resume: true,
  livePolicy: 'hooks',
  cost: true,
  structuredOutput: true,
  skills: true,
  mcp: true,
  budget: true,
};
