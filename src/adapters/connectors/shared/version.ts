export type Version = readonly [major: number, minor: number, patch: number];

/** The first `1.2.3` of what a program answers to `--version`; null when there is none. */
export function findVersion(output: string): Version | null {
  const match = /(?<![\d.])(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(output.slice(0, 4_096));
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

export function isAtLeast(version: Version, minimum: Version): boolean {
  const difference = version[0] - minimum[0] || version[1] - minimum[1] || version[2] - minimum[2];
  return difference >= 0;
}

export function formatVersion(version: Version): string {
  return version.join('.');
}
