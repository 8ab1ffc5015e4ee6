import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCodeOfReport, type CheckFinding, type CheckReport } from '../../../../src/domain/report/check-report.js';
import { GITHUB_ANNOTATION_LIMIT, renderGitHub } from '../../../../src/domain/report/github.js';
import { renderJUnit } from '../../../../src/domain/report/junit.js';
import { renderReport, REPORT_FORMATS } from '../../../../src/domain/report/render-report.js';
import { renderSarif, SARIF_RESULT_LIMIT } from '../../../../src/domain/report/sarif.js';
import { renderText } from '../../../../src/domain/report/text.js';
import { shortened, visible } from '../../../../src/domain/report/visible.js';

const CONTEXT = { version: '1.2.3', sha256: (text: string) => createHash('sha256').update(text).digest('hex') };

function finding(more: Partial<CheckFinding> = {}): CheckFinding {
  return { rule: 'no-secrets', layer: 'project', at: '.ai/policy.yaml:3:5', points: ['path.write', 'commit'], path: 'config/.env', commit: null, message: 'config/.env may not be changed: rule no-secrets.', why: 'Secrets live in the vault.', fix: 'Take the change back.', ...more };
}

function report(more: Partial<CheckReport> = {}): CheckReport {
  return {
    mode: 'staged',
    base: 'a'.repeat(40),
    head: null,
    policy: { digest: 'd'.repeat(64), layers: [{ layer: 'project', source: '.ai/policy.yaml', revision: 'a'.repeat(40), rules: 2 }] },
    considered: 2,
    rules: [
      { id: 'no-secrets', layer: 'project', effect: 'deny', at: '.ai/policy.yaml:3:5', why: 'Secrets live in the vault.' },
      { id: 'docs-free', layer: 'project', effect: 'allow', at: '.ai/policy.yaml:9:5', why: null },
    ],
    files: 3,
    commits: null,
    violations: [],
    asks: [],
    approved: [],
    warnings: [],
    omitted: 0,
    undecidable: null,
    ...more,
  };
}

const UNDECIDED = { message: 'There is no policy.', hint: 'ai policy init' };

/** What attacks are made of, and anything at all: lone surrogates, noncharacters and prototype names included. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.array(fc.constantFrom('::error::x', '\n::error file=a::b', '\r', '\u0085', '\u2028', '##[error]x', '%0A', '%', ',', ':', '<script>', ']]>', '&lt;', '"', "'", '\u001b[31m', '\0', '\u202e', '\ud800', '\ufffe', '[a](http://x)', '](', '\\', '{0}', '__proto__', 'toString', '`', '|', '  '), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 10 }).map((units) => String.fromCharCode(...units)),
);
const findings = fc.array(
  fc.record({ rule: hostile, path: fc.option(hostile), message: hostile, why: fc.option(hostile), fix: hostile, at: fc.option(hostile), layer: fc.constantFrom(null, 'project' as const), commit: fc.option(hostile), points: fc.constant(['commit' as const]) }),
  { maxLength: 25 },
);
const reports = fc
  .record({ violations: findings, asks: findings, approved: findings, warnings: fc.array(fc.record({ code: hostile, message: hostile, path: fc.option(hostile) }), { maxLength: 15 }), undecidable: fc.option(fc.record({ message: hostile, hint: fc.option(hostile) })), id: hostile, why: fc.option(hostile) })
  .map(({ id, why, ...rest }) => report({ ...rest, rules: [{ id, layer: 'project', effect: 'deny', at: id, why }] }));

/** Nothing but what stands for itself, and the line breaks that lay it out. */
function expectPlain(text: string): void {
  expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/u);
}

/** The lines as the runner of GitHub reads them: at CR, LF and both. */
const runnerLines = (text: string): string[] => text.split(/\r\n|\r|\n/);

describe('every format', () => {
  it('holds no character that acts instead of being shown', () => {
    fc.assert(fc.property(reports, fc.constantFrom(...REPORT_FORMATS), (given, format) => expectPlain(renderReport(format, given, CONTEXT))), { numRuns: 400 });
  });

  it('ends in exactly one line break', () => {
    fc.assert(fc.property(reports, fc.constantFrom(...REPORT_FORMATS), (given, format) => {
      expect(renderReport(format, given, CONTEXT)).toMatch(/[^\n]\n$/);
    }));
  });

  it('is the same for the same report', () => {
    const given = report({ violations: [finding(), finding({ path: 'b' })], asks: [finding({ rule: 'ask-me' })] });
    for (const format of REPORT_FORMATS) expect(renderReport(format, given, CONTEXT)).toBe(renderReport(format, given, CONTEXT));
  });
});

describe('json', () => {
  it('is one line that parses back to the report, lone surrogates included', () => {
    fc.assert(
      fc.property(reports, (given) => {
        const text = renderReport('json', given, CONTEXT);
        expect(text.trimEnd()).not.toContain('\n');
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ schemaVersion: 1, kind: 'policy.check', data: given, meta: {}, warnings: [] })));
      }),
    );
  });
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly version: string; readonly rules: readonly { readonly id: string; readonly help: { readonly text: string } }[] } };
      readonly invocations: readonly { readonly executionSuccessful: boolean; readonly toolExecutionNotifications?: readonly unknown[] }[];
      readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly message: { readonly text: string }; readonly partialFingerprints: Readonly<Record<string, string>>; readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[] }[];
    },
  ];
}
const sarif = (given: CheckReport): Sarif['runs'][0] => (JSON.parse(renderSarif(given, CONTEXT)) as Sarif).runs[0];

describe('sarif', () => {
  it('parses whatever paths and messages hold, with a known rule and a relative address in every result', () => {
    fc.assert(
      fc.property(reports, (given) => {
        const run = sarif(given);
        expect(run.results).toHaveLength(given.violations.length + given.asks.length);
        for (const result of run.results) {
          expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
          const { uri } = result.locations[0]!.physicalLocation.artifactLocation;
          expect(uri).toMatch(/^[A-Za-z0-9\-_.!~*'()%/]*$/);
          expect(result.message.text).not.toMatch(/(?<!\\)(\\\\)*[[\]]/);
        }
      }),
    );
  });

  it('keeps the most severe when there are more than readers take, and gives each a fingerprint that lasts', () => {
    const many = (count: number, rule: string): CheckFinding[] => Array.from({ length: count }, (_, index) => finding({ rule, path: `p${index}` }));
    const run = sarif(report({ asks: many(SARIF_RESULT_LIMIT, 'ask-me'), violations: many(10, 'no-secrets') }));
    expect(run.results).toHaveLength(SARIF_RESULT_LIMIT);
    expect(run.results.filter(({ level }) => level === 'error')).toHaveLength(10);
    expect(run.results.slice(0, 10).every(({ level }) => level === 'error')).toBe(true);
    const prints = run.results.map(({ partialFingerprints }) => partialFingerprints['aiPolicyFinding/v1']);
    expect(new Set(prints).size).toBe(prints.length);
    const later = sarif(report({ violations: [finding({ rule: 'no-secrets', path: 'p3', message: 'In other words.' })] }));
    expect(prints).toContain(later.results[0]?.partialFingerprints['aiPolicyFinding/v1']);
  });

  it('tells the version, the reason of a rule as its help, and that a check without an answer did not succeed', () => {
    const run = sarif(report({ violations: [finding()] }));
    expect(run.tool.driver).toMatchObject({ version: '1.2.3', rules: [{ id: 'no-secrets', help: { text: 'Secrets live in the vault.' } }, { id: 'docs-free' }] });
    expect(run.invocations[0]?.executionSuccessful).toBe(true);
    expect(sarif(report({ undecidable: UNDECIDED })).invocations[0]).toMatchObject({ executionSuccessful: false, toolExecutionNotifications: [{ message: { text: 'There is no policy. ai policy init' } }] });
  });
});

describe('github', () => {
  it('has exactly the commands that were meant, however the texts try to add one', () => {
    fc.assert(
      fc.property(reports, (given) => {
        const errors = given.violations.length + (given.undecidable === null ? 0 : 1);
        const meant = Math.min(errors, GITHUB_ANNOTATION_LIMIT) + Math.min(given.asks.length + given.warnings.length, GITHUB_ANNOTATION_LIMIT);
        const lines = runnerLines(renderGitHub(given));
        const commands = lines.filter((line) => line.trimStart().startsWith('::'));
        expect(commands).toHaveLength(meant);
        for (const line of commands) expect(line).toMatch(/^::(error|warning) (file=[^:,]*,)?title=[^:,]*::/);
        expect(lines.join('\n')).not.toContain('##[');
      }),
      { numRuns: 400 },
    );
  });

  it('escapes as the runner unescapes, and counts what it does not show', () => {
    const text = renderGitHub(report({ violations: [finding({ path: 'a,b:c%.ts', message: '100% sure' }), ...Array.from({ length: 14 }, (_, index) => finding({ path: `p${index}` }))] }));
    expect(text).toContain('::error file=a%2Cb%3Ac%25.ts,title=no-secrets::100%25 sure Secrets live in the vault. Take the change back.\n');
    expect(text).toContain('5 more annotations are not shown');
    expect(text).toContain('denied  no-secrets  15\n');
    expect(text).toMatch(/Not clean: 15 violations \(3 files against 2 rules\)\.\n$/);
  });
});

/** A reader strict enough for what we write: every tag closed, no raw `<` or `&`. */
function readXml(text: string): { readonly tags: string[]; readonly open: string[] } {
  const open: string[] = [];
  const tags: string[] = [];
  const rest = text.replace(/^<\?xml [^>]*\?>\n/, '').replaceAll(/<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|apos);[^"<&]*)*")*)(\/?)>/g, (_, end: string, name: string, _attributes: string, empty: string) => {
    tags.push(name);
    if (end !== '') expect(open.pop()).toBe(name);
    else if (empty === '') open.push(name);
    return '';
  });
  expect(rest.replaceAll(/&(amp|lt|gt|quot|apos);/g, '')).not.toMatch(/[<>&]/);
  return { tags, open };
}

describe('junit', () => {
  it('is well-formed with one case a rule, whatever the texts hold', () => {
    fc.assert(
      fc.property(reports, (given) => {
        const text = renderJUnit(given);
        const { tags, open } = readXml(text);
        expect(open).toEqual([]);
        const numbers = /tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(text)?.slice(1).map(Number);
        expect(numbers).toEqual([tags.filter((tag) => tag === 'testcase').length - text.split('</testcase>').length + 1, text.split('</failure>').length - 1, text.split('</error>').length - 1]);
      }),
      { numRuns: 400 },
    );
  });

  it('has a case for each rule that was asked, failing or not', () => {
    const text = renderJUnit(report({ violations: [finding(), finding({ path: '<b>' })] }));
    expect(text).toContain('tests="2" failures="1" errors="0"');
    expect(text).toContain('<testcase classname="ai.policy.project" name="docs-free"/>');
    expect(text).toContain('<failure type="deny" message="Secrets live in the vault.">');
    expect(renderJUnit(report({ undecidable: UNDECIDED }))).toContain('tests="1" failures="0" errors="1"');
  });
});

describe('text', () => {
  it('groups by rule, says why and what to do, and shortens long lists', () => {
    const text = renderText(report({ violations: [finding(), ...Array.from({ length: 30 }, (_, index) => finding({ path: `p${index}` }))], asks: [finding({ rule: 'money', layer: 'global', at: null, why: null, path: 'src/tax.ts', fix: 'Ask an owner.' })], warnings: [{ code: 'submodule-not-read', path: 'lib', message: 'lib is a submodule.' }] }));
    expect(text.match(/no-secrets/g)).toHaveLength(1);
    expect(text).toContain('✗ denied  no-secrets  (project, .ai/policy.yaml:3:5)\n    Secrets live in the vault.\n    - config/.env\n');
    expect(text).toContain('    - and 11 more\n    → Take the change back.');
    expect(text).toContain('? needs approval  money  (global)\n    - src/tax.ts\n    → Ask an owner.');
    expect(text).toContain('! warning  lib is a submodule.');
    expect(text).toMatch(/Not clean: 31 violations, 1 waiting for an approval \(3 files against 2 rules\)\.$/);
  });

  it('says that all is clean, and why there is no answer', () => {
    expect(renderText(report())).toBe('Clean: 3 files against 2 rules.');
    expect(renderText(report({ undecidable: UNDECIDED }))).toBe('Undecided: There is no policy.\n→ ai policy init');
  });
});

describe('the exit code', () => {
  it.each([
    [report(), 0],
    [report({ approved: [finding()], warnings: [{ code: 'x', path: null, message: 'x' }] }), 0],
    [report({ violations: [finding()] }), 1],
    [report({ asks: [finding()] }), 1],
    [report({ omitted: 1 }), 1],
    [report({ undecidable: UNDECIDED }), 2],
    [report({ violations: [finding()], undecidable: UNDECIDED }), 2],
  ])('of case %# is right', (given, code) => {
    expect(exitCodeOfReport(given)).toBe(code);
  });
});

describe('making text visible', () => {
  it('leaves ordinary text of any language as it is', () => {
    for (const text of ['src/ä/文件/файл.ts', 'a b\'c"d', '🙂']) expect(visible(text)).toBe(text);
    expect(visible('a\u001b[2Jb\n\u202e\ud800')).toBe('a\\e[2Jb\\n\\u{202e}\\u{d800}');
  });

  it('shortens between characters, never within one', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (text, most) => {
      expect(Array.from(shortened(text, most)).length).toBeLessThanOrEqual(most + 1);
    }));
    expect(shortened('🙂🙂🙂', 2)).toBe('🙂🙂…');
    expect(shortened('🙂🙂', 2)).toBe('🙂🙂');
  });
});
