import { access, open } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { isRecord, parseJson, textAt } from '../shared/json.js';
import type { Environment } from '../shared/find-program.js';
import { CREDENTIAL_NAMES } from './environment.js';

/** Set when the model is reached through a cloud account; whether that works can't be told from here. */
const CLOUD_NAMES = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];
/** The client's own state file grows with its history. */
const MAX_STATE_BYTES = 16 * 1024 * 1024;

/**
 * Whether the client has credentials of any kind, without the network and without reading them:
 * a variable, its credentials file, or a key in its state file. null where it keeps them elsewhere
 * (the keychain of macOS, a cloud account).
 */
export async function isLoggedIn(environment: Environment): Promise<boolean | null> {
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  if (CREDENTIAL_NAMES.some(isSet)) return true;
  if (CLOUD_NAMES.some(isSet)) return null;
  const home = environment['HOME'] ?? homedir();
  const folder = environment['CLAUDE_CONFIG_DIR'];
  if (await exists(join(folder ?? join(home, '.claude'), '.credentials.json'))) return true;
  if (await holdsKey(join(folder ?? home, '.claude.json'))) return true;
  return platform() === 'darwin' ? null : false;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Absent or not readable: the client can't use it either.
    return false;
  }
}

async function holdsKey(stateFile: string): Promise<boolean> {
  const state = parseJson(await readBounded(stateFile));
  return isRecord(state) && (textAt(state, 'primaryApiKey') ?? '') !== '';
}

async function readBounded(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return size > MAX_STATE_BYTES ? '' : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch {
    // No state file: the client was never started here.
    return '';
  }
}
