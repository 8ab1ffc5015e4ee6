import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { canonicalJson } from '../../src/domain/audit/canonical-json.js';
import { answer } from '../support/cli-expectations.js';
import { createControlPlane, type ControlPlane, type Json } from '../support/control-plane.js';

/** A repository with a policy and agents that do what the environment variable WORK says, driven through the real command line. */
export interface PolicyWorld {
  readonly plane: ControlPlane;
  /** The id of a new task for the agent `hand`. */
  readonly create: (...options: readonly string[]) => Promise<string>;
  /** Executes it with an agent that runs the shell script, and answers the document. */
  readonly execute: (task: string, script: string, code?: number) => Promise<Json>;
  readonly show: (task: string) => Promise<Json>;
  readonly approve: (approval: string) => Promise<Json>;
  /** Newest first. */
  readonly decisions: (...options: readonly string[]) => Promise<readonly Json[]>;
  readonly dispose: () => void;
}

const QUICK = 'execution:\n  sigint: 200ms\n  sigterm: 300ms\n';

export async function policyWorld(files: Readonly<Record<string, string>>, agents: Readonly<Record<string, readonly string[]>> = { hand: [] }): Promise<PolicyWorld> {
  const plane = await createControlPlane({ files: { 'README.md': '# A project\n', 'src/cart/view.ts': 'view\n', '.ai/config.yaml': QUICK, ...files } });
  for (const [id, options] of Object.entries(agents)) await plane.json(['agent', 'register', id, '--connector', 'command', '--env', 'WORK', ...options, '--', '/bin/sh', '-c', 'eval "$WORK"']);
  const data = async (args: readonly string[]): Promise<Json> => (await plane.json(args)).data;
  return {
    plane,
    create: async (...options) => (await data(['task', 'create', 'A task', '--agent', 'hand', ...options])).id,
    execute: async (task, script, code = 0) => answer(plane, ['task', 'execute', task], { env: { WORK: script }, code }),
    show: async (task) => data(['task', 'show', task]),
    approve: async (approval) => answer(plane, ['approval', 'approve', approval], { kind: 'approval.approve' }),
    decisions: async (...options) => data(['pdr', 'list', '--limit', '200', ...options]),
    dispose: () => plane.dispose(),
  };
}

/** A script that adds a line to a file. */
export const writing = (file: string): string => `mkdir -p "$(dirname '${file}')" && echo by an agent >> '${file}'`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Every decision is named in the chain of events by the SHA-256 of its record, the chain holds, and every decision can be made again. */
export async function expectRecordsInChain(plane: ControlPlane, atLeast: number): Promise<void> {
  const records: readonly Json[] = (await plane.json(['pdr', 'list', '--limit', '500'])).data;
  expect(records.length).toBeGreaterThanOrEqual(atLeast);
  const events: readonly Json[] = (await plane.ai(['events', '--jsonl'])).stdout.trim().split('\n').map((line) => JSON.parse(line));
  const named = new Map(events.filter((event) => event.type === 'policy.decided').map((event) => [event.data.record, event.data.sha256]));
  for (const { at, ...record } of records) expect(named.get(record.id), record.id).toBe(sha256(canonicalJson({ ...record, atMs: Date.parse(at) })));
  expect(named.size).toBe(records.length);
  expect((await plane.json(['audit', 'verify'])).data.ok).toBe(true);
  expect((await plane.json(['pdr', 'replay', '--all'])).data).toMatchObject({ total: records.length, same: records.length });
}
