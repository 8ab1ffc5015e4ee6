import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConnectors } from '../../src/adapters/connectors/registry.js';
import type { AgentEvent } from '../../src/domain/run/agent-event.js';
import { ERROR_CLASSES } from '../../src/domain/run/error-class.js';
import type { Connector, Detection, RunFacts } from '../../src/ports/connector.js';
import { parseInChunks, parseWhole, sampleAgent, sampleOrder, withJoinedText } from '../support/connector-samples.js';
import { runCommand } from '../support/run-command.js';

const SESSION = 'c933c64d-ff14-4db0-8438-720a395aa400';
const connectors = createConnectors({ run: runCommand, environment: { PATH: '/nonexistent' } });

const argv = fc.array(fc.string({ minLength: 1, maxLength: 20 }).filter((word) => !word.includes('\0')), { minLength: 1, maxLength: 4 });
const environment = fc.dictionary(fc.constantFrom('ANTHROPIC_API_KEY', 'HTTPS_PROXY', 'TOKEN', 'CLAUDE_CONFIG_DIR'), fc.nat().map((number) => `secret-${number}`));
const order = fc
  .record({ argv, env: environment, briefing: fc.string({ minLength: 1, maxLength: 300 }), sessionRef: fc.constantFrom(null, SESSION), budgetUsd: fc.constantFrom(null, '1.50'), version: fc.constantFrom(null, '2.1.197', '2.1.329'), model: fc.constantFrom(null, 'sonnet') })
  .map(({ argv: words, version, model, ...rest }) => sampleOrder({ ...rest, agent: sampleAgent({ argv: words, model }), detection: { version } }));

const event: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), delta: fc.string() }),
  fc.record({ type: fc.constant('result' as const), ok: fc.boolean(), text: fc.string() }),
  fc.record({ type: fc.constant('error' as const), class: fc.constantFrom(...ERROR_CLASSES), message: fc.string({ unit: 'binary' }), retryAfterMs: fc.option(fc.nat()) }),
  fc.record({ type: fc.constant('raw' as const), stream: fc.constantFrom('stdout' as const, 'stderr' as const), text: fc.string(), truncated: fc.boolean() }),
);
const facts: fc.Arbitrary<RunFacts> = fc.record({
  exit: fc.oneof(fc.record({ exitCode: fc.integer({ min: 0, max: 255 }), signal: fc.constant(null) }), fc.record({ exitCode: fc.constant(null), signal: fc.constantFrom('SIGTERM', 'SIGKILL', null) })),
  stderrTail: fc.string({ unit: 'binary', maxLength: 300 }),
  lastEvents: fc.array(event, { maxLength: 6 }),
});

/** Output between nonsense and the real thing. */
const output = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)), fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)), fc.json().map((json) => Buffer.from(`${json}\n`)), fc.constantFrom('\n', '{"type":"result","subtype":"success","result":"x"}\n', '{"ai":"result","text":"x"}\n').map((line) => Buffer.from(line))), { maxLength: 10 })
  .map((parts) => Buffer.concat(parts));

/** What every connector promises, whatever client it speaks to. */
describe.each(connectors.list().map((connector) => ({ kind: connector.kind, connector })))('connector $kind', ({ connector }: { readonly connector: Connector }) => {
  it('presents itself in one line, with valid names of variables', () => {
    expect(connector.kind).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(connector.summary).toMatch(/^[^\n]{1,100}$/);
    for (const name of connector.environmentNames) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
  });

  it('answers that a client is missing instead of throwing', async () => {
    const found: Detection = await connector.detect(sampleAgent({ argv: ['no-such-client'] }));
    expect(found).toMatchObject({ installed: false, path: null, version: null });
    expect(found.problem).toMatch(/no-such-client[^\n]+$/);
  });

  it('plans without side effects: the same order gives the same launch, and is not changed', () => {
    fc.assert(
      fc.property(order, (given) => {
        const before = structuredClone(given);
        expect(connector.plan(given)).toEqual(connector.plan(given));
        expect(given).toEqual(before);
      }),
    );
  });

  it('plans a launch that can be started: whole arguments, the variables of the order, the briefing on stdin, files in the folder of the run', () => {
    fc.assert(
      fc.property(order, (given) => {
        const launch = connector.plan(given);
        expect(launch.argv[0]).toBe(given.agent.argv[0]);
        for (const word of launch.argv) expect(word).not.toMatch(/\0|secret-/);
        expect(launch.env).toMatchObject(given.env);
        expect(launch.stdin.endsWith(given.briefing)).toBe(true);
        for (const file of launch.files) expect(file.path.startsWith(`${given.runFolder}/`)).toBe(true);
      }),
    );
  });

  it('parses any output, cut in any way, to the same events, with one result at most', () => {
    fc.assert(
      fc.property(output, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = withJoinedText(parseWhole(connector.parser(), bytes));
        expect(withJoinedText(parseInChunks(connector.parser(), bytes, sizes))).toEqual(whole);
        expect(whole.filter(({ type }) => type === 'result').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('gives each run a parser of its own', () => {
    const [first, second] = [connector.parser(), connector.parser()];
    first.push('stdout', Buffer.from('{"half'));
    expect(second.end()).toEqual([]);
  });

  it('classifies any end, in a message of one safe line', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const verdict = connector.classify(given);
        expect([null, ...ERROR_CLASSES]).toContain(verdict.errorClass);
        expect(verdict.message === null).toBe(verdict.errorClass === null);
        expect(verdict.message ?? '').toMatch(/^[^\p{Cc}]{0,2000}$/u);
        expect(connector.classify(given)).toEqual(verdict);
      }),
    );
  });

  it('is content with a client that answered and left with 0, and never with one that ended by a signal without an answer', () => {
    expect(connector.classify({ exit: { exitCode: 0, signal: null }, stderrTail: 'warning: rate limit', lastEvents: [{ type: 'result', ok: true, text: 'Done.' }] }).errorClass).toBeNull();
    expect(connector.classify({ exit: { exitCode: null, signal: 'SIGKILL' }, stderrTail: '', lastEvents: [] }).errorClass).toBe('agent_crash');
    expect(connector.classify({ exit: { exitCode: 127, signal: null }, stderrTail: '', lastEvents: [] }).errorClass).toBe('tool_missing');
  });
});
