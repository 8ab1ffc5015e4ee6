import type { HookName } from '../../ports/git-hooks.js';

export interface ScriptInput {
  readonly name: HookName;
  /** Name of the file that an earlier hook is kept in, beside this one. */
  readonly keptName: string;
  /** How this program is started where no `ai` is on the PATH; empty when the script is shared with other machines. */
  readonly program: readonly string[];
  readonly sha256: (text: string) => string;
}

const MARK = '# ai-hook 1 sha256:';
const SHEBANG = '#!/bin/sh';

/** The text of a hook: POSIX shell. Its second line carries the digest of the rest, so that a change by hand is noticed. */
export function hookScript(input: ScriptInput): string {
  const body = [...head(input), ...(input.name === 'pre-commit' ? PRE_COMMIT : PRE_PUSH), ''].join('\n');
  return `${SHEBANG}\n${MARK}${input.sha256(body)}\n${body}`;
}

/** Whose text a hook is: ours as written, ours and changed since, or somebody else's. */
export function recogniseScript(text: string | null, sha256: ScriptInput['sha256']): 'ours' | 'changed' | 'foreign' {
  const marked = text?.indexOf(`\n${MARK}`) ?? -1;
  if (text === null || marked === -1) return 'foreign';
  const [, digest = '', body = ''] = /^#!\/bin\/sh\n# ai-hook 1 sha256:([0-9a-f]{64})\n([\s\S]*)$/.exec(text) ?? [];
  return digest !== '' && sha256(body) === digest ? 'ours' : 'changed';
}

/** A word as a POSIX shell reads it back, whatever characters it has. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function head({ name, keptName, program }: ScriptInput): string[] {
  const [command] = program;
  const fallback = command === undefined ? '' : program.map(shellQuote).join(' ');
  return [
    `# Written by \`ai hooks install\`. \`ai hooks uninstall\` takes it away, and puts back what was here before.`,
    `# Whatever goes wrong in here stops git. To go on without the check, knowingly: git ${name === 'pre-commit' ? 'commit' : 'push'} --no-verify`,
    '',
    'say() { printf "ai: %s\\n" "$*" >&2; }',
    '',
    '# The ai of the PATH; where that does not start, the one that wrote this file.',
    'run_ai() {',
    '  run_status=127',
    '  if command -v ai >/dev/null 2>&1; then ai "$@" </dev/null; run_status=$?; fi',
    ...(fallback === '' ? [] : [`  case $run_status in 126|127) if [ -x ${shellQuote(command ?? '')} ]; then ${fallback} "$@" </dev/null; run_status=$?; fi ;; esac`]),
    '  return "$run_status"',
    '}',
    '',
    'refuse() {',
    '  case $1 in',
    `    1) say "refused by policy (see above)." ;;`,
    `    2) say "the check could not decide (see above), so this is refused." ;;`,
    `    126|127) say "ai was not found or could not be started, so nothing was checked and this is refused. Put ai on the PATH, or run: ai hooks install" ;;`,
    `    *) say "the check ended unexpectedly (exit $1), so this is refused." ;;`,
    '  esac',
    `  say "To go on without the check, knowingly: git ${name === 'pre-commit' ? 'commit' : 'push'} --no-verify (it is repeated where the work is merged)."`,
    '  exit 1',
    '}',
    '',
    'case $0 in */*) hook_folder=${0%/*} ;; *) hook_folder=. ;; esac',
    `kept_hook=$hook_folder/${shellQuote(keptName)}`,
    '',
  ];
}

/** The earlier hook runs first: it may still change what is staged, and the check has to see the end of that. */
const PRE_COMMIT = ['if [ -x "$kept_hook" ]; then', '  "$kept_hook" "$@" || exit "$?"', 'fi', '', 'run_ai policy check --staged || refuse "$?"'];

/**
 * git tells what is pushed on stdin: local ref, local id, remote ref, remote id, one push a line. What the remote has is the
 * base; for a new branch, the parent of the oldest commit that the remote does not have yet.
 */
const PRE_PUSH = [
  'pushed=$(cat)',
  'if [ -x "$kept_hook" ]; then',
  `  if [ -n "$pushed" ]; then printf '%s\\n' "$pushed"; fi | "$kept_hook" "$@" || exit "$?"`,
  'fi',
  '',
  'is_none() { case $1 in *[!0]*) return 1 ;; *) return 0 ;; esac; }',
  '',
  'base_of() {',
  '  if ! is_none "$2" && git cat-file -e "$2^{commit}" 2>/dev/null; then printf "%s\\n" "$2"; return; fi',
  '  # A push to an address instead of a name has no branches of its own on record.',
  '  known=--remotes',
  '  if [ -n "$(git for-each-ref --count=1 --format=x "refs/remotes/$3/" 2>/dev/null)" ]; then known=--remotes=$3; fi',
  '  oldest=$(git rev-list --topo-order --reverse "$1" --not "$known" | head -n 1)',
  '  if [ -z "$oldest" ]; then printf "%s\\n" "$1"; return; fi',
  '  git rev-parse --verify --quiet "$oldest^" || printf "%s\\n" "$oldest"',
  '}',
  '',
  'while read -r local_ref local_id remote_ref remote_id; do',
  '  # A line that is empty, and a branch that is deleted, bring nothing.',
  '  if [ -z "$local_id" ] || is_none "$local_id"; then continue; fi',
  '  # A tag of something that is no commit has no changes to check.',
  '  if ! git cat-file -e "$local_id^{commit}" 2>/dev/null; then continue; fi',
  '  base=$(base_of "$local_id" "$remote_id" "$1")',
  '  if [ -z "$base" ]; then refuse 2; fi',
  '  run_ai policy check --base "$base" --head "$local_id" || refuse "$?"',
  'done <<END_OF_PUSHED',
  '$pushed',
  'END_OF_PUSHED',
];
