import type { AuditVerdict, Range } from '../../domain/audit/verdict.js';
import { escapeLine } from '../escape.js';
import type { Answer, Style } from '../io.js';
import { count } from './format.js';

const EXIT_CODES = { ok: undefined, bad: 1, undecidable: 2 } as const;
const BEFORE = 10;

/** A broken log is an answer, exit code 1; one that can't be judged is exit code 2. */
export function presentVerdict(verdict: AuditVerdict): Answer {
  const { status, events, head, firstBadSeq, problems, anchored, signed, unsigned } = verdict;
  return {
    kind: 'audit.verify',
    data: {
      ok: status === 'ok',
      status,
      events,
      headSeq: head?.seq ?? null,
      headHash: head?.hash ?? null,
      origin: verdict.origin,
      firstBadSeq,
      problem: problems[0] ?? null,
      problems,
      undecided: verdict.undecided,
      ranges: { anchored: rangeJson(anchored), signed: rangeJson(signed), unsigned: rangeJson(unsigned) },
      checkpoints: verdict.checkpoints,
      anchors: verdict.anchors,
    },
    exitCode: EXIT_CODES[status],
    text: ({ style }) => [headline(verdict, style), ...details(verdict, style)].join('\n'),
  };
}

function headline(verdict: AuditVerdict, style: Style): string {
  const { status, events, firstBadSeq, problems } = verdict;
  if (status === 'ok') return `${style.green('✓')} ${count(events, 'event')}, none altered, removed or reordered.`;
  if (status === 'undecidable') return `${style.yellow('?')} ${count(events, 'event')} in order, but not everything could be checked.`;
  const first = firstBadSeq === null ? 'what was signed about it does not hold' : `event ${firstBadSeq} is the first bad one`;
  return `${style.red('✗')} The audit log was altered: ${first}: ${escapeLine(problems[0] ?? '')}`;
}

function details(verdict: AuditVerdict, style: Style): string[] {
  const { problems, undecided, anchored, signed, unsigned, firstBadSeq, head, origin } = verdict;
  const trusted = firstBadSeq === null ? [] : [style.dim(`What comes before it can be trusted: ai events --since ${Math.max(0, firstBadSeq - BEFORE)}`)];
  const replaced = problems.some((problem) => problem.startsWith('the database was replaced')) ? [style.dim('When a new log was begun here on purpose: docs/audit.md, "A new log at an old place".')] : [];
  return [
    ...problems.slice(1).map((problem) => `${style.red('✗')} ${escapeLine(problem)}`),
    ...undecided.map((reason) => `${style.yellow('?')} ${escapeLine(reason)}`),
    ...rangeLine('anchored', anchored, 'in the repository’s chain of anchors'),
    ...rangeLine('signed', signed, 'by this machine’s key, not anchored'),
    ...rangeLine('unsigned', unsigned, 'not signed yet: whoever writes the file could change them'),
    ...trusted,
    ...replaced,
    ...(head === null ? [] : [style.dim(`head ${head.seq} ${head.hash}${origin === null ? '' : ` of ${origin}`}`)]),
  ];
}

function rangeLine(name: string, range: Range | null, what: string): string[] {
  return range === null ? [] : [`  ${name.padEnd(8)}  ${range.from} to ${range.to}  (${count(range.to - range.from + 1, 'event')}; ${what})`];
}

function rangeJson(range: Range | null): Record<string, number> | null {
  return range === null ? null : { from: range.from, to: range.to, count: range.to - range.from + 1 };
}
