import type { CheckReport } from './check-report.js';
import { renderGitHub } from './github.js';
import { renderJUnit } from './junit.js';
import type { ReportContext } from './report-context.js';
import { renderSarif } from './sarif.js';
import { renderText } from './text.js';
import { visibleJson } from './visible.js';

export const REPORT_FORMATS = ['text', 'json', 'sarif', 'github', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Kind of the JSON document. */
export const CHECK_KIND = 'policy.check';

/** The report as the whole content of a file, with its final line break. Pure. */
export function renderReport(format: ReportFormat, report: CheckReport, context: ReportContext): string {
  switch (format) {
    case 'text':
      return `${renderText(report)}\n`;
    case 'json':
      return `${visibleJson(JSON.stringify({ schemaVersion: 1, kind: CHECK_KIND, data: report, meta: {}, warnings: [] }))}\n`;
    case 'sarif':
      return renderSarif(report, context);
    case 'github':
      return renderGitHub(report);
    case 'junit':
      return renderJUnit(report);
  }
}
