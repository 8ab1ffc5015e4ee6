export interface ExecuteOptions {
  readonly agent?: string;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly verbose?: boolean;
}
