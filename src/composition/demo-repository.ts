import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProcesses } from '../adapters/process/processes.js';
import { AiError } from '../domain/kernel/errors.js';
import { minimalEnvironment } from '../domain/run/environment.js';

const GIT_TIMEOUT_MS = 30_000;
const IDENTITY = ['-c', 'user.name=ai demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgSign=false'];
const COMMANDS = [
  ['init', '--quiet', '--initial-branch=main'],
  ['add', '--all'],
  [...IDENTITY, 'commit', '--quiet', '--message=A project to play with'],
];

/** Makes a fresh repository with the given files in the temporary folder. Throws GIT_MISSING, GIT_FAILED. */
export async function makeDemoRepository(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'ai-demo-')));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  const processes = createProcesses();
  for (const args of COMMANDS) {
    const result = await processes.run({ argv: ['git', ...args], cwd: root, env: minimalEnvironment(environment, []), timeoutMs: GIT_TIMEOUT_MS, maxOutputBytes: 64 * 1024 });
    if (result.notFound) throw new AiError({ code: 'GIT_MISSING', message: 'The demo needs git, and it is not on the PATH.', hint: 'Install git 2.38 or newer, then: ai demo' });
    if (result.exitCode !== 0) throw new AiError({ code: 'GIT_FAILED', message: `git ${args[0] ?? ''} failed in ${root}: ${result.stderr.trim()}`, hint: 'ai doctor' });
  }
  return root;
}
