import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presentAuditLog, presentEvents } from '../../../../src/cli/present/audit.js';
import { presentVerdict } from '../../../../src/cli/present/audit-verdict.js';
import { auditEventJson, jsonLine } from '../../../../src/cli/present/event-json.js';
import { eventLine } from '../../../../src/cli/present/event-line.js';
import type { AuditVerdict } from '../../../../src/domain/audit/verdict.js';
import { createStyle } from '../../../../src/cli/style.js';
import { validateOutput } from '../../../support/validate-output.js';
import { buildEvent, documentOf, screen } from './samples.js';

const plain = createStyle(false);

describe('an event on one line', () => {
  it('says when, what, of which task, by whom, and what matters', () => {
    expect(eventLine(buildEvent(), plain)).toBe('2026-03-01 09:30:00  7  task.claimed  t-aaaaaa  user:ann  by worker-1');
    expect(eventLine(buildEvent({ type: 'task.failed', run: 'r-111111', data: { error: { class: 'timeout', message: 'too slow' }, failures: 2 } }), plain)).toBe('2026-03-01 09:30:00  7  task.failed  t-aaaaaa  r-111111  user:ann  timeout: too slow, failure 2');
  });

  it('shows what it does not know as it is, bounded', () => {
    expect(eventLine(buildEvent({ type: 'x.y', task: null, data: { surprise: [1], nothing: null } }), plain)).toBe('2026-03-01 09:30:00  7  x.y  user:ann  {"surprise":[1]}');
    expect(eventLine(buildEvent({ data: { surprise: 'x'.repeat(9_000) } }), plain).length).toBeLessThan(400);
    expect(eventLine(buildEvent({ data: {} }), plain)).toBe('2026-03-01 09:30:00  7  task.claimed  t-aaaaaa  user:ann');
  });

  it('is one line of harmless text whatever is in the event', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('title', 'reason', 'note', 'other'), fc.jsonValue({ maxDepth: 2 })), fc.string({ unit: 'binary' }), (data, actor) => {
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(eventLine(buildEvent({ data, actor }), plain)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2028]/);
      }),
    );
  });

  it('is a line of JSON with its sequence number, valid by its published schema', async () => {
    const line = jsonLine('event', auditEventJson(buildEvent({ data: { note: '\u001b\u009b\u2028' } })));
    expect(line).toMatch(/^[\u0020-\u007e]+\n$/);
    expect(await validateOutput(line)).toMatchObject({ kind: 'event', seq: 7, type: 'task.claimed', at: '2026-03-01T09:30:00.000Z', data: { note: '\u001b\u009b\u2028' } });
    const ofRun = jsonLine('run.event', { seq: 1, at: '2026-03-01T09:30:00.000Z', run: 'r-111111', event: { type: 'raw', stream: 'stdout', text: 'x', truncated: false } });
    expect(await validateOutput(ofRun)).toMatchObject({ kind: 'run.event', event: { type: 'raw' } });
  });
});

describe('the log', () => {
  it('is listed, and says how to see more', async () => {
    expect(screen(presentAuditLog([buildEvent()], 50))).toBe('2026-03-01 09:30:00  7  task.claimed  t-aaaaaa  user:ann  by worker-1');
    expect(screen(presentAuditLog([buildEvent()], 1)).split('\n').at(-1)).toBe('the newest 1; more: --limit 2, or all of them: ai events');
    expect(screen(presentAuditLog([], 50))).toBe('No event matches.  ai audit log');
    expect(await documentOf(presentAuditLog([buildEvent()], 50))).toMatchObject({ kind: 'audit.log', data: [{ seq: 7, prev: '0'.repeat(64) }], meta: { total: null } });
    expect(await documentOf(presentEvents({ events: [buildEvent()], next: 7 }))).toMatchObject({ kind: 'events.list', meta: { next: '7' } });
    expect(screen(presentEvents({ events: [buildEvent()], next: null }))).toContain('task.claimed');
  });

  const verdict: AuditVerdict = { status: 'ok', events: 1_204, head: { seq: 1_204, hash: 'a'.repeat(64) }, origin: 'ai/0123456789abcdef', firstBadSeq: null, problems: [], undecided: [], anchored: { from: 1, to: 1_000 }, signed: { from: 1_001, to: 1_200 }, unsigned: { from: 1_201, to: 1_204 }, checkpoints: 5, anchors: 1 };

  it('is sound, and says how far it is anchored, signed and neither', async () => {
    const sound = presentVerdict(verdict);
    expect(screen(sound).split('\n')).toEqual([
      '✓ 1,204 events, none altered, removed or reordered.',
      expect.stringMatching(/^ {2}anchored {2}1 to 1000 {2}\(1,000 events/),
      expect.stringMatching(/^ {2}signed {4}1001 to 1200/),
      expect.stringMatching(/^ {2}unsigned {2}1201 to 1204/),
      `head 1204 ${'a'.repeat(64)} of ai/0123456789abcdef`,
    ]);
    expect(sound.exitCode).toBeUndefined();
    expect((await documentOf(sound)).data).toMatchObject({ ok: true, events: 1_204, headSeq: 1_204, headHash: 'a'.repeat(64), firstBadSeq: null, problem: null });
  });

  it('names the first event that is bad, and exits with 1; with 2 when it can not be decided', async () => {
    const broken = presentVerdict({ ...verdict, status: 'bad', events: 40, head: null, firstBadSeq: 41, problems: ['the hash does not match'], anchored: null, signed: null, unsigned: null });
    expect(screen(broken)).toBe('✗ The audit log was altered: event 41 is the first bad one: the hash does not match\nWhat comes before it can be trusted: ai events --since 31');
    expect(broken.exitCode).toBe(1);
    expect(await documentOf(broken)).toMatchObject({ kind: 'audit.verify', data: { ok: false, firstBadSeq: 41, headSeq: null } });
    expect(presentVerdict({ ...verdict, status: 'undecidable', undecided: ['no key'] }).exitCode).toBe(2);
  });
});
