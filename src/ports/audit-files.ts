/** Exported evidence on disk. */
export interface AuditFiles {
  /**
   * Writes a bundle into a folder that does not exist yet or is empty. The files are written one after the
   * other, their contents piece by piece. A failure removes what was written. Throws ALREADY_EXISTS, DISK_FULL, READ_ONLY, FILE_NOT_FOUND.
   */
  writeBundle(folder: string, files: readonly BundleFile[]): Promise<{ readonly bytes: number }>;
  /** Writes one new file. Throws ALREADY_EXISTS, DISK_FULL, READ_ONLY, FILE_NOT_FOUND. */
  writeFile(file: string, content: AsyncIterable<string>): Promise<{ readonly bytes: number }>;
  /** The lines of a file of a bundle without their line breaks; null when there is no such file. Throws INVALID_INPUT for lines without end. */
  readLines(folder: string, name: string): AsyncIterable<string> | null;
  /** The program that checks a bundle without us, as text. Throws FILE_NOT_FOUND. */
  verifier(): Promise<string>;
}

export interface BundleFile {
  readonly name: string;
  readonly content: AsyncIterable<string> | string;
}
