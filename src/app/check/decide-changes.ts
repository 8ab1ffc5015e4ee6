import { FINDINGS_LIMIT, type Decision, type PathFinding } from '../../domain/policy/decision.js';
import type { PolicyPoint } from '../../domain/policy/point.js';
import type { DecisionRequest, RequestPath, Resource } from '../../domain/policy/request.js';
import type { Change, ChangeSet } from '../../ports/change-source.js';
import type { CheckInput, LoadedPolicy } from './check-input.js';
import { isPolicyPath } from './policy-files.js';
import { createFindings, type Findings } from './findings.js';

export interface Decided {
  readonly considered: number;
  readonly points: readonly PolicyPoint[];
  readonly findings: Findings;
}

interface Question {
  readonly set: ChangeSet;
  readonly input: CheckInput;
  readonly loaded: LoadedPolicy;
}

/** Asks policy about every change: may it be written, may it be committed, and may the policy itself be changed. */
export function decideChanges(question: Question): Decided {
  const findings = createFindings();
  const policyChanges = question.set.changes.filter((change) => isPolicyPath(change.path));
  const asked: readonly (readonly [PolicyPoint, readonly Change[]])[] = [
    ['path.write', question.set.changes],
    ['commit', question.set.changes],
    ...(policyChanges.length === 0 ? [] : [['policy.change', policyChanges] as const]),
  ];
  const considered = asked.reduce((sum, [point, changes]) => sum + askPoint(question, { point, changes }, findings), 0);
  return { considered, points: asked.map(([point]) => point), findings };
}

interface Asked {
  readonly point: PolicyPoint;
  readonly changes: readonly Change[];
}

/** Answers how many rules were looked at. Asked in pieces, so that no finding is beyond what one decision lists. */
function askPoint(question: Question, { point, changes }: Asked, findings: Findings): number {
  let considered = 0;
  for (let from = 0; from === 0 || from < changes.length; from += FINDINGS_LIMIT) {
    const piece = changes.slice(from, from + FINDINGS_LIMIT);
    const decision = question.loaded.decide(requestFor(question, { point, changes: piece }));
    considered = Math.max(considered, decision.considered);
    // Nothing is written when nothing changed; only a commit may be refused for other reasons than its paths.
    if (piece.length > 0 || point === 'commit') collect(findings, point, decision);
  }
  return considered;
}

function requestFor({ set, input }: Question, { point, changes }: Asked): DecisionRequest {
  return {
    point,
    subject: input.subject,
    action: { name: point, tool: null, toolCall: null },
    resource: resourceOf(set),
    paths: changes.map(toRequestPath),
    command: null,
    skills: [],
    taskType: null,
    taskLabels: [],
    facts: { ...input.facts, 'change.count': set.changes.length },
    nowMs: input.nowMs,
    approvals: input.approvals,
  };
}

function resourceOf(set: ChangeSet): Resource {
  return { kind: 'tree', id: set.head ?? 'index', digest: set.head };
}

function toRequestPath({ path, kind, before, after }: Change): RequestPath {
  return { path, kind, mode: (after ?? before)?.mode ?? null };
}

function collect(findings: Findings, point: PolicyPoint, decision: Decision): void {
  for (const finding of decision.findings) collectPath(findings, point, { decision, finding });
  if (decision.effect === 'allow' || decision.findings.some((finding) => finding.effect === decision.effect)) return;
  // The reason is not a path: a limit, the point's default, missing evidence.
  const decisive = decision.rules.filter((rule) => rule.decisive);
  const rules = decisive.length > 0 ? decisive : [{ id: decision.code, layer: null, at: null, why: null }];
  for (const { id, layer, at, why } of rules) findings.add(decision.effect, { rule: id, layer, at, points: [point], path: null, commit: null, message: decision.message, why, fix: decision.fix ?? FIXES[decision.effect] });
}

function collectPath(findings: Findings, point: PolicyPoint, { decision, finding }: { readonly decision: Decision; readonly finding: PathFinding }): void {
  if (finding.effect === 'allow') return;
  const approved = finding.effect === 'ask' && decision.effect === 'allow';
  const rules = finding.rules.length > 0 ? finding.rules : [{ id: `default-of-${point.replace('.', '-')}`, layer: null, at: null, why: null }];
  for (const { id, layer, at, why } of rules) {
    findings.add(approved ? 'approved' : finding.effect, { rule: id, layer, at, points: [point], path: finding.path, commit: null, message: messageFor(finding, layer === null ? null : id), why, fix: FIXES[finding.effect] });
  }
}

const VERBS = { deny: 'may not be changed', ask: 'may only be changed with an approval' } as const;
const FIXES = {
  deny: 'Take the change back (git restore --staged --worktree FILE), or have the rule changed by who owns the policy.',
  ask: 'Ask for an approval: ai approval list shows what is waiting, ai approval approve ID grants it.',
} as const;

function messageFor(finding: PathFinding, rule: string | null): string {
  const verb = VERBS[finding.effect === 'deny' ? 'deny' : 'ask'];
  return rule === null ? `${finding.path} ${verb}: no rule allows it, and that is the default.` : `${finding.path} ${verb}: rule ${rule}.`;
}

