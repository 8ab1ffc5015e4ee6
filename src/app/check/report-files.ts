import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { CheckReport } from '../../domain/report/check-report.js';
import { renderReport, REPORT_FORMATS, type ReportFormat } from '../../domain/report/render-report.js';
import type { ReportContext } from '../../domain/report/report-context.js';

/** Writes a file as a whole or not at all. Throws READ_ONLY, DISK_FULL, INVALID_INPUT. */
export type WriteReport = (file: string, content: string) => Promise<void>;

export interface ReportOrder {
  readonly format: ReportFormat;
  readonly file: string;
}

const MAX_REPORTS = 16;

/** Reads `--report FORMAT=FILE`, given several times. Throws USAGE. */
export function parseReportOrders(values: readonly string[]): ReportOrder[] {
  if (values.length > MAX_REPORTS) throw usage(`--report was given ${values.length} times; the limit is ${MAX_REPORTS}.`);
  const orders = values.map(parseOrder);
  const twice = orders.find(({ file }, index) => orders.findIndex((other) => other.file === file) !== index);
  if (twice !== undefined) throw usage(`Two reports can't both be written to ${quote(twice.file)}.`);
  return orders;
}

function parseOrder(value: string): ReportOrder {
  const end = value.indexOf('=');
  const [word, file] = [value.slice(0, Math.max(0, end)), value.slice(end + 1)];
  const format = REPORT_FORMATS.find((known) => known === word);
  if (end === -1 || format === undefined || file === '' || file.includes('\0')) throw usage(`--report takes FORMAT=FILE with one of ${REPORT_FORMATS.join(', ')}, not ${quote(value)}.`);
  return { format, file };
}

/** Writes them one after the other, so that the first that fails is the one that is told. */
export async function writeReports(report: CheckReport, orders: readonly ReportOrder[], deps: ReportContext & { readonly write: WriteReport }): Promise<void> {
  for (const { format, file } of orders) await deps.write(file, renderReport(format, report, deps));
}

function usage(message: string): AiError {
  return new AiError({ code: 'USAGE', message, hint: 'ai policy check --staged --report sarif=policy.sarif --report junit=policy.xml' });
}
