import { exitCodeOfReport, type CheckReport } from '../../domain/report/check-report.js';
import { CHECK_KIND, renderReport, type ReportFormat } from '../../domain/report/render-report.js';
import type { ReportContext } from '../../domain/report/report-context.js';
import { renderText } from '../../domain/report/text.js';
import type { Answer } from '../io.js';

/** The exit code is 0 for clean, 1 for violations, 2 for no answer, in every format. `json` is for the shell's `--json`. */
export function presentCheck(report: CheckReport, format: Exclude<ReportFormat, 'json'>, context: ReportContext): Answer {
  const exitCode = exitCodeOfReport(report);
  return {
    kind: CHECK_KIND,
    data: report,
    exitCode: exitCode === 0 ? undefined : exitCode,
    text: ({ style }) => (format === 'text' ? renderText(report, style) : renderReport(format, report, context).trimEnd()),
  };
}
