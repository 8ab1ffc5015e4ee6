import type { ConnectorCapabilities, Detection } from '../../../ports/connector.js';

export const NO_CAPABILITIES: ConnectorCapabilities = {
  streaming: false,
  resume: false,
  livePolicy: 'none',
  cost: false,
  structuredOutput: false,
  skills: false,
  mcp: false,
  budget: false,
};

/** A client that can't be started. `problem` is one sentence for people, with the fix. */
export function notInstalled(problem: string): Detection {
  return { installed: false, path: null, version: null, loggedIn: null, capabilities: NO_CAPABILITIES, problem };
}
