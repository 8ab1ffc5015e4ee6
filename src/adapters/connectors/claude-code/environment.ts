import { dirname, join } from 'node:path';
import type { RunOrder } from '../../../ports/connector.js';

/** Any of these means that the client needs no log-in of the user. */
export const CREDENTIAL_NAMES: readonly string[] = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'];

/**
 * What Claude Code needs of the parent environment. Cloud credentials (Bedrock, Vertex) are not here:
 * they are worth more than one model, so the agent's registration has to name them (`--env AWS_PROFILE`).
 */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...CREDENTIAL_NAMES,
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_CUSTOM_HEADERS',
  'CLAUDE_CONFIG_DIR',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
];

/** Nothing but requests to the model leaves the machine, and nothing changes the client while it is in use. */
export const QUIET: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
};

const FOR_RUNS: Readonly<Record<string, string>> = {
  ...QUIET,
  // One blip must not cost a run, but the long back-off is ours: the default spends three minutes on a refused key.
  CLAUDE_CODE_MAX_RETRIES: '2',
  // A command in the background keeps the client alive long after its answer; one process, one answer.
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  // Notes of one task would reach the next one unseen; memory is the control plane's.
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
};

/**
 * With a key or token in the environment the client gets a configuration folder of its own beside the
 * run folders: parallel runs then do not write into the user's, and sessions can be resumed by later runs.
 * Without one it must use the user's own folder, because the log-in is there.
 */
export function clientEnvironment(order: RunOrder): Readonly<Record<string, string>> {
  const isOwnFolder = order.env['CLAUDE_CONFIG_DIR'] === undefined && CREDENTIAL_NAMES.some((name) => (order.env[name] ?? '') !== '');
  return {
    ...FOR_RUNS,
    ...(isOwnFolder ? { CLAUDE_CONFIG_DIR: join(dirname(order.runFolder), 'claude-code') } : {}),
    ...order.env,
  };
}
