import { describe, expect, it } from 'vitest';
import { createConnectors } from '../../../../src/adapters/connectors/registry.js';
import { runCommand } from '../../../support/run-command.js';

const connectors = createConnectors({ run: runCommand, environment: {} });

describe('the registry of connectors', () => {
  it('knows each kind', () => {
    expect(connectors.list().map((connector) => connector.kind)).toEqual(['command', 'claude-code']);
    for (const connector of connectors.list()) expect(connectors.get(connector.kind)).toBe(connector);
  });

  it('names the kinds when asked for another one', () => {
    expect(() => connectors.get('telepathy')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: 'There is no connector of kind "telepathy"; there are command and claude-code.' }));
  });
});
