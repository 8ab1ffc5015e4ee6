import type { CheckFinding, CheckReport } from './check-report.js';
import { bySeverity, ruleKey, verdictLine, type Level } from './grouped.js';
import type { ReportContext } from './report-context.js';
import { shortened, visible, visibleJson } from './visible.js';

/** GitHub shows the first 5,000 results of a run and drops what comes after. */
export const SARIF_RESULT_LIMIT = 5_000;
const MAX_TEXT_CHARACTERS = 1_000;
const FINGERPRINT_CHARACTERS = 32;
const LEVELS: Readonly<Record<Level, 'error' | 'warning'>> = { deny: 'error', ask: 'warning' };

/** SARIF 2.1.0 (OASIS), one run, the most severe first. Ends in a line break. */
export function renderSarif(report: CheckReport, context: ReportContext): string {
  const shown = bySeverity(report).slice(0, SARIF_RESULT_LIMIT);
  const rules = collectRules(report, shown.map(({ finding }) => finding));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ai policy check', version: context.version, semanticVersion: context.version, rules: [...rules.values()].map(({ descriptor }) => descriptor) } },
        invocations: [invocation(report)],
        automationDetails: { id: `ai-policy/${report.mode}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        results: shown.map(({ level, finding }) => resultOf(level, finding, { context, index: rules.get(ruleKey(finding))?.index ?? -1 })),
        properties: { summary: visible(verdictLine(report)), results: report.violations.length + report.asks.length + report.omitted, policyDigest: report.policy?.digest ?? null },
      },
    ],
  };
  return `${visibleJson(JSON.stringify(log, null, 1))}\n`;
}

interface IndexedRule {
  readonly index: number;
  readonly descriptor: Readonly<Record<string, unknown>>;
}

function collectRules(report: CheckReport, findings: readonly CheckFinding[]): Map<string, IndexedRule> {
  const rules = new Map<string, IndexedRule>();
  const asked = report.rules.map(({ id, layer, at, why }) => ({ rule: id, layer, at, why, fix: null }));
  for (const rule of [...asked, ...findings]) {
    const key = ruleKey(rule);
    if (!rules.has(key)) rules.set(key, { index: rules.size, descriptor: descriptorOf(rule) });
  }
  return rules;
}

function descriptorOf({ rule, layer, at, why, fix }: Pick<CheckFinding, 'rule' | 'layer' | 'at' | 'why'> & { readonly fix: string | null }): Readonly<Record<string, unknown>> {
  const help = why ?? fix ?? `Rule ${rule} gives no reason.`;
  const origin = [layer, at].filter((part) => part !== null).join(', ');
  return { id: visible(rule), shortDescription: { text: plain(why ?? rule) }, help: { text: plain(help) }, properties: { origin: visible(origin === '' ? 'ai' : origin) } };
}

function resultOf(level: Level, finding: CheckFinding, { context, index }: { readonly context: ReportContext; readonly index: number }): Readonly<Record<string, unknown>> {
  const fingerprint = context.sha256(JSON.stringify([finding.rule, finding.layer, finding.path, finding.commit])).slice(0, FINGERPRINT_CHARACTERS);
  return {
    ruleId: visible(finding.rule),
    ...(index < 0 ? {} : { ruleIndex: index }),
    level: LEVELS[level],
    message: { text: plain(`${finding.message} ${finding.fix}`) },
    // A result without a place is dropped by some readers: the policy is where such a finding comes from.
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(finding.path ?? '.ai/policy.yaml'), uriBaseId: '%SRCROOT%' }, region: { startLine: 1 } } }],
    partialFingerprints: { 'aiPolicyFinding/v1': fingerprint },
    properties: { points: finding.points, commit: finding.commit },
  };
}

/** Text of a message; `[text](target)` in it would be a link (SARIF 3.11.6). */
function plain(text: string): string {
  return shortened(visible(text), MAX_TEXT_CHARACTERS).replaceAll(/[\\[\]]/g, String.raw`\$&`);
}

/** A relative reference (RFC 3986). A lone surrogate has no encoding. */
function uriOf(path: string): string {
  const wellFormed = path.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return wellFormed.split('/').map((name) => encodeURIComponent(name)).join('/');
}

function invocation(report: CheckReport): Readonly<Record<string, unknown>> {
  if (report.undecidable === null) return { executionSuccessful: true };
  const text = visible([report.undecidable.message, report.undecidable.hint].filter((part) => part !== null).join(' '));
  return { executionSuccessful: false, toolExecutionNotifications: [{ level: 'error', message: { text: plain(text) } }] };
}
