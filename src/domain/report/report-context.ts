/** What a report needs beside its findings. */
export interface ReportContext {
  /** Version of ai. */
  readonly version: string;
  /** In hex. */
  readonly sha256: (text: string) => string;
}
