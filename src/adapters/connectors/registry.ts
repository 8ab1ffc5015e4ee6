import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { Connector, Connectors } from '../../ports/connector.js';
import type { Processes } from '../../ports/processes.js';
import { createClaudeCodeConnector } from './claude-code/connector.js';
import { createCommandConnector } from './command/connector.js';

export interface ConnectorDependencies {
  readonly run: Processes['run'];
  /** The parent environment: PATH to look on, and whether keys are set. Nothing of it is passed on from here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Every kind of agent that this build can drive. Starts nothing. */
export function createConnectors(dependencies: ConnectorDependencies): Connectors {
  const connectors: readonly Connector[] = [createCommandConnector(dependencies.environment), createClaudeCodeConnector(dependencies)];
  const kinds = connectors.map((connector) => connector.kind);
  return {
    list: () => connectors,
    get: (kind) => {
      const connector = connectors.find((candidate) => candidate.kind === kind);
      if (connector !== undefined) return connector;
      throw new AiError({
        code: 'INVALID_INPUT',
        message: `There is no connector of kind ${quote(kind)}; there are ${kinds.join(' and ')}.`,
        hint: 'ai agent detect lists them and says which clients are installed.',
        details: { kinds },
      });
    },
  };
}
