import { describe, expect, it } from 'vitest';
import { guardsReading } from '../../../../../src/domain/policy/evaluate/match-command.js';
import { readArguments, readCommand } from '../../../../../src/domain/policy/command/read-command.js';

const FORCE = { starts: ['git', 'push'], any: ['--force', '-f', '--force-with-lease'] };
const PLAIN = [
  'git push --force',
  'git  push\t--force',
  '  git push --force  ',
  'g"i"t push --force',
  "g'i't p''ush -\"-force\"",
  "$'\\x67it' push $'\\x2d-force'",
  '\\git push --force',
  'g\\it push \\--force',
  'gi\\\nt push --force',
  '/usr/bin/git push --force',
  'GIT push --force',
  'git.exe push --force',
  'env git push --force',
  'env -i A=b git push --force',
  '/usr/bin/env -u X git push --force',
  'sudo git push --force',
  'sudo -u root -E git push --force',
  'doas -u root git push --force',
  'nice -n 5 nohup time -p git push --force',
  'timeout -k 5 30s git push --force',
  'stdbuf -oL git push --force',
  'command git push --force',
  'exec git push --force',
  'builtin exec git push --force',
  'setsid -w git push --force',
  'ionice -c3 git push --force',
  'chroot /x git push --force',
  'xargs git push --force',
  'xargs -I{} git push --force {}',
  "find . -name x -exec git push --force \\;",
  "find . -exec sh -c 'git push --force' {} +",
  "sh -c 'git push --force'",
  'bash -lc "git push --force"',
  "bash -c 'sh -c \"git push --force\"'",
  'busybox sh -c "git push --force"',
  'watch -n 5 git push --force',
  "eval 'git push --force'",
  'eval git push --force',
  "trap 'git push --force' EXIT",
  'echo $(git push --force)',
  'echo "$(git push --force)"',
  'echo `git push --force`',
  'echo "`git push --force`"',
  'X=$(git push --force)',
  'echo ${X:-$(git push --force)}',
  'cat <(git push --force)',
  'cat <<EOF\n$(git push --force)\nEOF',
  'cat <<-EOF\n\t`git push --force`\n\tEOF\n',
  'true; git push --force',
  'true && git push --force',
  'true || git push --force',
  'true | git push --force',
  'true |& git push --force',
  'true & git push --force',
  'true\ngit push --force',
  '(git push --force)',
  '{ git push --force; }',
  '! git push --force',
  'if true; then git push --force; fi',
  'while git push --force; do :; done',
  'for x in 1 2; do git push --force; done',
  'A=1 git push --force',
  'git -c a.b=c push --force',
  'git -C dir --no-pager push origin main -f',
  'git push -uf origin main',
  'git push --force=yes',
  'git push --force-w',
  'git push --force # comment',
  '>log git push --force',
  'git push 2>&1 --force',
];

/** Not allowed by anything, and taken for a match by what denies: their effect can't be told from the text. */
const UNREADABLE = [
  '$G push --force',
  '"$G" push --force',
  '$(echo git) push --force',
  '{git,push,--force}',
  'eval "$X"',
  'eval $(cat x)',
  '. ./x.sh',
  'source x.sh',
  'ssh host git push --force',
  'PATH=. git status',
  'PATH=.; git status',
  'export PATH=/tmp:$PATH; git status',
  'env PATH=/tmp git status',
  'LD_PRELOAD=x git status',
  'GIT_SSH_COMMAND=x git fetch',
  'BASH_ENV=x bash -c true',
  'HOME=/tmp git status',
  'git() { :; }; git',
  'function git { :; }',
  "alias git='x'; git",
  'case x in x) git push --force;; esac',
  'select x in a; do :; done',
  '[[ -f x ]]',
  '((x))',
  'echo $((x))',
  'echo ${!X}',
  'echo ${X@P}',
  'echo ${X[$(id)]}',
  'coproc git push',
  'bash',
  'bash -s <<EOF\ngit push --force\nEOF',
  'sh <<< "git push --force"',
  'echo x | sh',
  'bash -c "$X"',
  'bash -ic "git push"',
  'sudo $X git',
  'sudo --frobnicate git',
  '/tmp/env git status',
  'ENV git status',
  'xargs sh',
  'xargs env',
  "xargs -I{} sh -c '{}'",
  'find . -exec $X ;',
  'find . -exec git push',
  'find . -exec git push --force ;',
  'watch "$X"',
  'powershell -Command "git push --force"',
  'cmd /c git push --force',
  'parallel git push',
  "echo 'unclosed",
  'echo "unclosed',
  'echo $(unclosed',
  'echo `unclosed',
  'cat <<EOF\nno end',
  'a &&',
  '&& a',
  'a ;; b',
  ')',
  'echo a)',
  'if true; then',
  'git\u200b push',
  'git\u00a0push',
  'a\0b',
  'a\ud800',
  'git push \\',
  "$'a\\'b' c",
  'read PATH',
  'for PATH in .; do git status; done',
  'printf -v PATH .',
  "unset 'a[$(git push --force)]'",
  "declare -i x='a[$(id)]'",
  'cat < /dev/tcp/host/80',
  'hash -p /tmp/x git',
  `${'('.repeat(40)}a${')'.repeat(40)}`,
  'a;'.repeat(1_001),
  'a '.repeat(40_000),
];

describe('readCommand', () => {
  it.each(PLAIN)('finds the forced push in %j', (text) => {
    const reading = readCommand(text);
    expect(reading).toMatchObject({ kind: 'plain', text });
    expect(guardsReading(FORCE, reading)).toBe('yes');
  });

  it.each(UNREADABLE.map((text) => [text.slice(0, 40), text]))('does not claim to know %j', (_, text) => {
    expect(readCommand(text)).toMatchObject({ kind: 'unreadable', text, reason: expect.stringMatching(/./) as string });
  });

  it.each([
    ['npm test', [['npm', 'test']]],
    ['', []],
    ['# nothing', []],
    ['X=1', []],
    ['echo "a  b" c\\ d \'e$f\' "\\$g" "\\h"', [['echo', 'a  b', 'c d', 'e$f', '$g', '\\h']]],
    ['echo $HOME *.ts ~ {a,b} a?c "$X"', [['echo', null, null, null, null, null, null]]],
    ['echo {} stash@{0} a=b [ ] $ "$"', [['echo', '{}', 'stash@{0}', 'a=b', '[', ']', '$', '$']]],
    ['echo a#b #c', [['echo', 'a#b']]],
    ['git add --pathspec-from-file=- -- "a b"', [['git', 'add', '--pathspec-from-file=-', '--', 'a b']]],
    ['command -v git', [['command', '-v', 'git']]],
    ['sudo -u me npm ci', [['sudo', '-u', 'me', 'npm', 'ci'], ['npm', 'ci']]],
    ['python -c "import os"', [['python', '-c', 'import os']]],
    ['export A=b C', [['export', 'A=b', 'C']]],
    ["cat <<'EOF'\n$(git push --force)\nEOF\nls", [['cat'], ['ls']]],
    ['find a -exec rm {} + -print', [['find', 'a', '-exec', 'rm', '{}', '+', '-print'], ['rm', null]]],
    ['ls | xargs -n 1 rm', [['ls'], ['xargs'], ['rm', null]]],
    ['bash x.sh a', [['bash', 'x.sh', 'a']]],
    ['if [ -f x ]; then cat x; else ls; fi', [['[', '-f', 'x', ']'], ['cat', 'x'], ['ls']]],
    ['for x in a "$b"; do echo "$x"; done', [['echo', null]]],
    ['echo $((1 + 2))', [['echo', null]]],
  ])('reads %j', (text, words) => {
    const reading = readCommand(text);
    expect(reading).toMatchObject({ kind: 'plain' });
    expect(reading.commands.map((command) => command.words)).toEqual(words);
  });

  it.each([
    ['a > x', ['x']],
    ['a >x 2>>y', ['x', 'y']],
    ['a &> x', ['x']],
    ['a >| "x y"', ['x y']],
    ['a <> x', ['x']],
    ['a > $X', [null]],
    ['a 2>&1 >/dev/null </etc/passwd', []],
    ['a >&2; b >& x', ['x']],
    ['> x', ['x']],
    ['{ a; b; } > x', ['x']],
    ["sh -c 'a > y' > x", ['y', 'x']],
    ['cd sub && a > x', [null]],
    ['env -C sub sh -c "a > x" > /y', [null, '/y']],
    ['echo $(a > x)', ['x']],
  ])('finds what %j writes', (text, writes) => {
    const reading = readCommand(text);
    expect(reading).toMatchObject({ kind: 'plain' });
    expect(reading.commands.flatMap((command) => command.writes)).toEqual(writes);
  });

  it('keeps the commands found before it gave up', () => {
    expect(readCommand('ls && $X')).toMatchObject({ kind: 'unreadable', commands: [{ words: ['ls'], writes: [] }] });
  });
});

describe('readArguments', () => {
  it('takes words as they are, and follows wrappers', () => {
    expect(readArguments(['git', 'commit', '-m', '$(x) > y'])).toEqual({ kind: 'plain', text: "git commit -m '$(x) > y'", commands: [{ words: ['git', 'commit', '-m', '$(x) > y'], writes: [] }] });
    expect(readArguments(['sh', '-c', 'git push; ls']).commands.map((command) => command.words)).toEqual([['git', 'push'], ['ls']]);
    expect(readArguments([])).toMatchObject({ kind: 'unreadable' });
    expect(readArguments(['a\0'])).toMatchObject({ kind: 'unreadable' });
    expect(readArguments(['env', 'A=1', 'git', 'push', '-f']).commands.map((command) => command.words)).toEqual([['git', 'push', '-f']]);
  });
});
