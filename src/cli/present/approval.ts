import type { Approval, ApprovalStatus } from '../../domain/policy/approval.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style, View } from '../io.js';
import { renderPairs, renderTable } from '../table.js';
import { age, iso } from '../time.js';
import { duration, stamp } from './format.js';

export function approvalJson(approval: Approval): Record<string, unknown> {
  const { requestedAtMs, expiresAtMs, spentAtMs, votes, terms, ...rest } = approval;
  return {
    ...rest,
    terms: { count: terms.count, from: terms.from, ttlMs: terms.ttlMs },
    votes: votes.map(({ by, verdict, reason, atMs }) => ({ by, verdict, reason, at: iso(atMs) })),
    requestedAt: iso(requestedAtMs),
    expiresAt: iso(expiresAtMs),
    spentAt: iso(spentAtMs),
  };
}

export function presentApprovals(approvals: readonly Approval[], { pending, limit, nowMs }: { readonly pending: boolean; readonly limit: number; readonly nowMs: number }): Answer {
  return {
    kind: 'approval.list',
    data: approvals.map(approvalJson),
    meta: { total: null, next: null },
    ids: approvals.map(({ id }) => id),
    text: (view) => (approvals.length === 0 ? `No approval ${pending ? 'waits' : 'was asked for'}.` : `${table(approvals, nowMs, view)}${approvals.length < limit ? '' : `\n${view.style.dim('there may be more: --limit')}`}`),
  };
}

function table(approvals: readonly Approval[], nowMs: number, view: View): string {
  return renderTable(
    approvals,
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'STATUS', value: ({ status }) => `${MARKS[status]} ${status}`, paint: (cell, { status }, style) => paintStatus(cell, status, style) },
      { title: 'POINT', value: ({ point }) => point },
      { title: 'WHO', value: ({ subject }) => subject.agent ?? subject.user, shrink: true },
      { title: 'TASK', value: ({ subject }) => subject.task ?? '' },
      { title: 'RULES', value: ({ rules }) => rules.map(({ id }) => id).join(', '), shrink: true },
      { title: 'FROM', value: approversText, shrink: true },
      { title: 'LEFT', value: ({ status, expiresAtMs }) => (status === 'pending' || status === 'approved' ? age(expiresAtMs - nowMs) : ''), align: 'right' },
    ],
    view,
  );
}

const MARKS: Readonly<Record<ApprovalStatus, string>> = { pending: '?', approved: '✓', denied: '✗', spent: '●', expired: '–' };
const COLOURS = { pending: 'yellow', approved: 'green', denied: 'red', spent: 'dim', expired: 'dim' } as const;
const paintStatus = (text: string, status: ApprovalStatus, style: Style): string => style[COLOURS[status]](text);

function approversText({ approvers, terms }: Approval): string {
  return `${terms.count === 1 ? '' : `${terms.count} of `}${approvers.length === 0 ? 'anybody' : approvers.join(', ')}`;
}

export function presentApproval(kind: 'approval.show' | 'approval.approve' | 'approval.deny', approval: Approval, nowMs: number): Answer {
  return { kind, data: approvalJson(approval), ids: [approval.id], text: ({ style }) => approvalText(approval, nowMs, style) };
}

function approvalText(approval: Approval, nowMs: number, style: Style): string {
  const { id, status, point, rules, votes } = approval;
  const head = `${style.bold(id)}  ${paintStatus(`${MARKS[status]} ${status}`, status, style)}  ${point}`;
  const why = rules.map((rule) => `  ${escapeLine(rule.id)} (${rule.layer})${rule.why === null ? '' : `: ${escapeLine(rule.why)}`}`);
  const given = votes.map(({ by, verdict, reason, atMs }) => `  ${verdict} by ${escapeLine(by)} at ${stamp(atMs)} UTC${reason === null ? '' : `: ${escapeLine(reason)}`}`);
  return [
    head,
    renderPairs(facts(approval, nowMs), style),
    ...(why.length === 0 ? [] : [[style.bold('Asked for by'), ...why].join('\n')]),
    ...(given.length === 0 ? [] : [[style.bold('Votes'), ...given].join('\n')]),
    ...(status === 'pending' ? [style.dim(`next: ai approval approve ${id}   or: ai approval deny ${id} --reason "…"   the request: ai pdr show ${approval.record}`)] : []),
  ].join('\n\n');
}

function facts(approval: Approval, nowMs: number): readonly (readonly [string, string])[] {
  const { subject, resource, terms, expiresAtMs, status, spentBy } = approval;
  const pairs: readonly (readonly [string, string])[] = [
    ['Who', escapeLine(subject.agent ?? subject.user)],
    ['Task', subject.task ?? ''],
    ['About', escapeLine(`${resource.kind} ${resource.id}`)],
    ['From', escapeLine(`${approversText(approval)}${terms.from.length === 0 ? '' : ` (${terms.from.join(', ')})`}`)],
    ['Asked', `${stamp(approval.requestedAtMs)} UTC (${age(nowMs - approval.requestedAtMs)} ago)`],
    ['Until', `${stamp(expiresAtMs)} UTC${status === 'pending' ? ` (in ${age(expiresAtMs - nowMs)})` : ''}, valid ${duration(terms.ttlMs)}`],
    ['Decision', approval.record],
    ['Spent by', spentBy ?? ''],
  ];
  return pairs.filter(([, value]) => value !== '');
}
