import type { GlobalOptions, Host } from '../../../src/cli/host.js';
import type { Output } from '../../../src/cli/output.js';
import type { Session } from '../../../src/cli/run-command.js';
import { createTerminal } from '../../../src/cli/terminal.js';
import type { Io } from '../../../src/cli/io.js';
import { AiError } from '../../../src/domain/kernel/errors.js';

export interface RecordedOutput extends Output {
  readonly text: () => string;
}

export function recordOutput(isTerminal = false): RecordedOutput {
  const chunks: string[] = [];
  return { write: (text) => chunks.push(text), drained: async () => undefined, isTerminal, columns: isTerminal ? 80 : undefined, text: () => chunks.join('') };
}

export const NO_GLOBALS: GlobalOptions = { json: false, jsonl: false, quiet: false, root: null, yes: false, noInput: false, noColor: false };

export interface Recording extends Session {
  readonly stdout: RecordedOutput;
  readonly stderr: RecordedOutput;
  readonly globals: () => GlobalOptions;
  readonly exitCode: () => number;
}

/** A session whose streams are kept, around a host that has no control plane unless `host` brings one. */
export function recordSession(host: Partial<Host> = {}): Recording {
  const stdout = recordOutput();
  const stderr = recordOutput();
  let seen = NO_GLOBALS;
  let code = 0;
  const openIo = (globals: GlobalOptions): Io => {
    seen = globals;
    return createTerminal({ stdout, stderr, environment: {}, signal: () => new AbortController().signal }, globals);
  };
  return { host: { ...noProject, ...host }, openIo, setExitCode: (value) => (code = value), stdout, stderr, globals: () => seen, exitCode: () => code };
}

const missing = (): never => {
  throw new AiError({ code: 'PROJECT_NOT_FOUND', message: 'There is no control plane here.', hint: 'ai init' });
};

const noProject: Host = {
  version: '9.9.9',
  environment: {},
  cwd: '/nowhere',
  nowMs: () => 0,
  open: async () => missing(),
  initialise: async () => missing(),
  makeDemoRepository: async () => missing(),
  examine: async () => missing(),
  reportFolder: () => '/nowhere',
  startDetached: async () => missing(),
  afterCommand: async () => undefined,
  close: () => undefined,
};
