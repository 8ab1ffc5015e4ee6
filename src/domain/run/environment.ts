/** What programs need to find their files and to write readable text; nothing here authorises anything. */
const BASE_NAMES: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'LANG',
  'LANGUAGE',
  'TERM',
  'TMPDIR',
  'USER',
  'LOGNAME',
  'SHELL',
  'TZ',
  // The locale categories of POSIX and glibc, by name: a prefix would let anything through that is called LC_something.
  ...['ALL', 'ADDRESS', 'COLLATE', 'CTYPE', 'IDENTIFICATION', 'MEASUREMENT', 'MESSAGES', 'MONETARY', 'NAME', 'NUMERIC', 'PAPER', 'TELEPHONE', 'TIME'].map((category) => `LC_${category}`),
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_DIRS',
  'XDG_DATA_DIRS',
]);

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True for a name that a POSIX shell passes on (IEEE 1003.1, 8.1); others are lost on the way. */
export function isEnvironmentName(name: string): boolean {
  return ENVIRONMENT_NAME.test(name);
}

/**
 * The environment that an agent is given: a short list that every program needs, and the names that
 * were asked for. Everything else stays behind, so that a secret reaches an agent only when
 * its registration or its connector names it. Unset variables stay unset.
 */
export function minimalEnvironment(parent: Readonly<Record<string, string | undefined>>, names: readonly string[]): Readonly<Record<string, string>> {
  const wanted = new Set(names);
  const chosen = Object.entries(parent).filter((entry): entry is [string, string] => entry[1] !== undefined && (wanted.has(entry[0]) || BASE_NAMES.has(entry[0])));
  return Object.fromEntries(chosen.filter(([name]) => isEnvironmentName(name)));
}
