import { describe, expect, it } from 'vitest';
import { presentDetected, presentAgentTest } from '../../../../src/cli/present/agent-detect.js';
import { presentAgent, presentAgentDetail, presentAgentList, presentAgentRemoved } from '../../../../src/cli/present/agent.js';
import { agentId, buildAgent, buildRun, DETECTION, documentOf, screen } from './samples.js';

const coder = buildAgent({ id: agentId('coder'), connector: 'command', argv: ['./my agent.sh', '--fast'], labels: [], capabilities: [], model: null, env: [], enabled: false });
const paused = buildAgent({ id: agentId('paused'), pausedReason: 'auth: refused' });

describe('registered agents', () => {
  it('are a table that fits', () => {
    const rows = [{ agent: buildAgent(), liveRuns: 1 }, { agent: coder, liveRuns: 0 }, { agent: paused, liveRuns: 0 }];
    expect(screen(presentAgentList(rows), 80)).toBe(
      [
        'AGENT   STATE       RUNS  CONNECTOR    MODEL   LABELS   CAN',
        'claude  ✓ ready      1/2  claude-code  sonnet  backend  typescript',
        'coder   ○ disabled   0/2  command      -       -        -',
        'paused  ‖ paused     0/2  claude-code  sonnet  backend  typescript',
      ].join('\n'),
    );
    expect(screen(presentAgentList([]))).toBe('No agents yet.  ai agent detect');
  });

  it('are a document', async () => {
    expect(await documentOf(presentAgentList([{ agent: coder, liveRuns: 0 }]))).toMatchObject({ kind: 'agent.list', data: [{ id: 'coder', argv: ['./my agent.sh', '--fast'], enabled: false, liveRuns: 0 }], meta: { total: 1, next: null } });
    for (const kind of ['agent.register', 'agent.update', 'agent.label', 'agent.enable', 'agent.disable'] as const) expect((await documentOf(presentAgent(kind, coder))).kind).toBe(kind);
    expect(await documentOf(presentAgentRemoved({ id: 'coder' }))).toMatchObject({ kind: 'agent.remove', data: { id: 'coder' } });
  });

  it('say what they are and what to do next', () => {
    expect(screen(presentAgent('agent.register', coder))).toBe("Registered coder: command, './my agent.sh' --fast, 2 runs at a time\nnext: ai agent test coder   then   ai task execute ID --agent coder");
    expect(screen(presentAgent('agent.disable', coder))).toContain('next: ai agent enable coder');
  });

  it('are shown one by one, with their client and their work', async () => {
    const detail = { agent: paused, liveRuns: 1, detection: DETECTION, runs: [buildRun()] };
    expect(screen(presentAgentDetail(detail), 80)).toBe(
      [
        'paused  ‖ paused',
        '',
        'Paused        auth: refused   ai agent enable paused',
        'Connector     claude-code 2.1.0 at /usr/bin/claude',
        'Logged in     unknown',
        'Client can    streaming, resume, livePolicy (hooks), cost, mcp',
        'Model         sonnet',
        'Labels        backend',
        'Capabilities  typescript',
        'Variables     ANTHROPIC_API_KEY',
        'Works on      1 of at most 2: t-aaaaaa (r-111111)',
        'Registered    2026-03-01 08:30:00 UTC (1h ago)',
      ].join('\n'),
    );
    expect(await documentOf(presentAgentDetail(detail))).toMatchObject({ kind: 'agent.show', data: { id: 'paused', detection: { version: '2.1.0', loggedIn: null }, runs: [{ id: 'r-111111' }] } });
  });
});

describe('agents on this machine', () => {
  const found = [
    { connector: 'claude-code', summary: 'Claude Code', detection: { ...DETECTION, problem: 'too old' }, registered: [] },
    { connector: 'command', summary: 'Any program', detection: { ...DETECTION, version: null, loggedIn: true }, registered: ['coder'] },
    { connector: 'codex', summary: 'Codex', detection: { ...DETECTION, installed: false, version: null, loggedIn: false, problem: 'not installed' }, registered: [] },
  ];

  it('are found or not, with how to register them', async () => {
    expect(screen(presentDetected(found), 100)).toBe(
      [
        'CONNECTOR    FOUND  VERSION  LOGGED IN  AGENTS  WHAT IT IS',
        'claude-code  ✓ yes  2.1.0    ?          -       Claude Code',
        'command      ✓ yes  -        yes        coder   Any program',
        'codex        ✗ no   -        no         -       Codex',
        '! claude-code: too old',
        'next: ai agent register claude --connector claude-code',
      ].join('\n'),
    );
    expect(await documentOf(presentDetected(found))).toMatchObject({ kind: 'agent.detect', data: [{ connector: 'claude-code', installed: true, registered: [] }, {}, {}] });
  });

  it('work, or do not', async () => {
    const steps = [{ name: 'installed', ok: true, detail: '2.1.0' }, { name: 'says it is done', ok: false, detail: 'refused\u001b' }];
    const failed = presentAgentTest({ agent: buildAgent(), ok: false, detection: DETECTION, steps, durationMs: 1_500 });
    expect(screen(failed)).toBe('✓ installed: 2.1.0\n✗ says it is done: refused\\e\nclaude does not work.  ai agent show claude');
    expect(failed.exitCode).toBe(1);
    const ok = presentAgentTest({ agent: buildAgent(), ok: true, detection: DETECTION, steps: [], durationMs: 1_500 });
    expect(screen(ok)).toBe('claude works (1.5 s).');
    expect(ok.exitCode).toBeUndefined();
    for (const answer of [ok, failed]) expect((await documentOf(answer)).kind).toBe('agent.test');
  });
});
