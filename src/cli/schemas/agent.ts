import * as z from 'zod';
import { documentOf, listOf, time } from './envelope.js';
import type { AgentKind } from './kind-names.js';
import { run } from './run.js';

const words = z.array(z.string());

const agent = z.strictObject({
  id: z.string(),
  connector: z.string(),
  role: z.string().nullable(),
  model: z.string().nullable(),
  labels: words,
  capabilities: words,
  concurrency: z.int().min(1),
  argv: words,
  env: words,
  enabled: z.boolean(),
  pausedReason: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
});

const detection = z.strictObject({
  installed: z.boolean(),
  path: z.string().nullable(),
  version: z.string().nullable(),
  loggedIn: z.boolean().nullable(),
  capabilities: z.strictObject({
    streaming: z.boolean(),
    resume: z.boolean(),
    livePolicy: z.enum(['none', 'hooks', 'callback']),
    cost: z.boolean(),
    structuredOutput: z.boolean(),
    skills: z.boolean(),
    mcp: z.boolean(),
    budget: z.boolean(),
  }),
  problem: z.string().nullable(),
});

const listed = agent.extend({ liveRuns: z.int().min(0) });
const detail = listed.extend({ detection, runs: z.array(run) });
const detected = detection.extend({ connector: z.string(), summary: z.string(), registered: words });
const step = z.strictObject({ name: z.string(), ok: z.boolean(), detail: z.string() });

export const agentSchemas: Readonly<Record<AgentKind, z.ZodType>> = {
  agent,
  'agent.register': documentOf('agent.register', agent),
  'agent.update': documentOf('agent.update', agent),
  'agent.label': documentOf('agent.label', agent),
  'agent.enable': documentOf('agent.enable', agent),
  'agent.disable': documentOf('agent.disable', agent),
  'agent.remove': documentOf('agent.remove', z.strictObject({ id: z.string() })),
  'agent.list': listOf('agent.list', listed),
  'agent.show': documentOf('agent.show', detail),
  'agent.detect': listOf('agent.detect', detected),
  'agent.test': documentOf('agent.test', z.strictObject({ agent, ok: z.boolean(), detection, steps: z.array(step), durationMs: z.int().min(0) })),
};
