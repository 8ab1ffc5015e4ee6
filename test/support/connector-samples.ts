import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentSpec } from '../../src/domain/agent/agent.js';
import type { AgentEvent } from '../../src/domain/run/agent-event.js';
import type { AgentId } from '../../src/domain/kernel/ids.js';
import type { Detection, OutputParser, RunOrder } from '../../src/ports/connector.js';

const transcripts = fileURLToPath(new URL('../fixtures/transcripts/', import.meta.url));

export function transcriptNames(client: string): readonly string[] {
  return readdirSync(join(transcripts, client)).map((file) => file.replace(/\.jsonl$/, ''));
}

export function readTranscript(client: string, name: string): Buffer {
  return readFileSync(join(transcripts, client, `${name}.jsonl`));
}

export function sampleAgent(changes: Partial<AgentSpec> = {}): AgentSpec {
  return { id: 'ada' as AgentId, connector: 'command', role: null, model: null, labels: [], capabilities: [], concurrency: 1, argv: [], env: [], ...changes };
}

const undetected: Detection = {
  installed: true,
  path: null,
  version: null,
  loggedIn: null,
  capabilities: { streaming: true, resume: false, livePolicy: 'none', cost: false, structuredOutput: false, skills: false, mcp: false, budget: false },
  problem: null,
};

export function sampleOrder(changes: Partial<Omit<RunOrder, 'detection'>> & { readonly detection?: Partial<Detection> } = {}): RunOrder {
  return {
    agent: sampleAgent(),
    workspace: '/trees/t-abc',
    briefing: '# Do it\n',
    briefingFile: '/repo/.ai/runs/r-1/briefing.md',
    runFolder: '/repo/.ai/runs/r-1',
    budgetUsd: null,
    sessionRef: null,
    env: {},
    ...changes,
    detection: { ...undetected, ...changes.detection },
  };
}

/** Every event of the whole output, in one chunk. */
export function parseWhole(parser: OutputParser, stdout: Uint8Array): readonly AgentEvent[] {
  return [...parser.push('stdout', stdout), ...parser.end()];
}

/** The same, with the output cut at the given distances; the last one repeats. */
export function parseInChunks(parser: OutputParser, stdout: Uint8Array, sizes: readonly number[]): readonly AgentEvent[] {
  const events: AgentEvent[] = [];
  for (let start = 0, index = 0; start < stdout.length; index += 1) {
    const size = sizes[Math.min(index, sizes.length - 1)] ?? stdout.length;
    events.push(...parser.push('stdout', stdout.subarray(start, start + size)));
    start += size;
  }
  return [...events, ...parser.end()];
}

/** Events with neighbouring text joined: how text is cut up is no part of its meaning. */
export function withJoinedText(events: readonly AgentEvent[]): readonly AgentEvent[] {
  const joined: AgentEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if ((event.type === 'text' || event.type === 'thought') && last?.type === event.type) joined[joined.length - 1] = { type: event.type, delta: last.delta + event.delta };
    else joined.push(event);
  }
  return joined;
}

export function eventsOf<T extends AgentEvent['type']>(events: readonly AgentEvent[], type: T): readonly Extract<AgentEvent, { type: T }>[] {
  return events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
}
