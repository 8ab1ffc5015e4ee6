// Our own policy, checked by our own program: it is valid, its examples hold, and the last commit keeps it. Looks at what is
// committed, in a clone of its own, so that nothing is left in this folder. Needs a build.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(path.join(tmpdir(), 'ai-policy-'));
const clone = path.join(folder, 'clone');
const ai = (...args) => spawnSync(process.execPath, [path.join(root, 'bin/ai.js'), ...args], { cwd: clone, stdio: ['ignore', 'inherit', 'inherit'] }).status;
const git = (...args) => spawnSync('git', args, { cwd: clone, encoding: 'utf8' });

try {
  const cloned = spawnSync('git', ['clone', '--quiet', root, clone], { encoding: 'utf8' });
  if (cloned.status !== 0) throw new Error(`git clone: ${cloned.stderr}`);
  const checks = [['init', '--quiet'], ['policy', 'validate']];
  // A first commit, and a clone of one commit only, have nothing to be compared with.
  const base = git('rev-parse', '--verify', '--quiet', 'HEAD~1').stdout.trim();
  if (base !== '' && git('cat-file', '-e', `${base}:.ai/policy.yaml`).status === 0) checks.push(['policy', 'check', '--base', base]);
  process.exitCode = checks.map((args) => ai(...args)).find((status) => status !== 0) ?? 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
