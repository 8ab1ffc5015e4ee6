/** One forward step of the schema, applied in one transaction. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** True when rows that exist are changed or moved: a copy is made first. */
  readonly rewritesData: boolean;
  readonly statements: readonly string[];
}
