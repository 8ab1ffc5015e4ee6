import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { planLaunch } from '../../../../src/adapters/connectors/claude-code/invocation.js';
import { sampleOrder } from '../../../support/connector-samples.js';

interface WrittenSettings {
  readonly hooks?: { readonly PreToolUse: readonly { readonly matcher: string; readonly hooks: readonly { readonly type: string; readonly command: string; readonly timeout: number }[] }[] };
}

const settings = (hookArgv: readonly string[]): WrittenSettings =>
  JSON.parse(planLaunch(sampleOrder({ livePolicy: { hookArgv, timeoutSeconds: 120 } })).files[0]?.content ?? '') as WrittenSettings;
const command = (hookArgv: readonly string[]): string => settings(hookArgv).hooks?.PreToolUse[0]?.hooks[0]?.command ?? '';
const run = (hookArgv: readonly string[]) => spawnSync('/bin/sh', ['-c', command(hookArgv)], { encoding: 'utf8' });

describe('the hook that the client is given', () => {
  it('is asked about every tool, for longer than it takes to deny by itself', () => {
    expect(settings(['x']).hooks?.PreToolUse).toEqual([{ matcher: '*', hooks: [{ type: 'command', command: "'x' 'claude-code' 'pre-tool-use' || exit 2", timeout: 120 }] }]);
    expect(JSON.parse(planLaunch(sampleOrder()).files[0]?.content ?? '')).not.toHaveProperty('hooks');
  });

  it('hands over every word as it is', () => {
    const odd = ["it's", 'a "b" $HOME `id` $(id)', '\\', '', '*', 'line\nbreak', '; exit 0 #'];
    const { status, stdout } = run([process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...odd]);
    expect([status, JSON.parse(stdout)]).toEqual([0, [...odd, 'claude-code', 'pre-tool-use']]);
  });

  it.each([
    ['a program that is missing', ['/nothing/no where']],
    ['a program that may not be run', ['/etc/passwd']],
    ['a failure', [process.execPath, '-e', 'throw new Error()', '--']],
    ['another exit code', [process.execPath, '-e', 'process.exit(1)', '--']],
    ['death by a signal', [process.execPath, '-e', 'process.kill(process.pid, "SIGKILL"); setInterval(() => 0, 1000)', '--']],
  ])('blocks for %s', (_what, hookArgv) => {
    expect(run(hookArgv).status).toBe(2);
  });
});
