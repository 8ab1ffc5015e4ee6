import type { Word } from '../command/read-command.js';

/** Options that take the next word as their value, of programs whose sub-command may come after options. */
const VALUES = new Map<string, readonly string[]>([
  ['git', ['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--exec-path', '--super-prefix', '--config-env', '--attr-source', '--list-cmds']],
  ['npm', ['--prefix', '-C', '-w', '--workspace', '--userconfig', '--globalconfig', '--registry', '--loglevel', '--cache']],
  ['pnpm', ['-C', '--dir', '--filter', '-F', '--loglevel', '--reporter']],
  ['yarn', ['--cwd', '--cache-folder', '--registry']],
  ['docker', ['-H', '--host', '-c', '--context', '--config', '-l', '--log-level', '--tlscacert', '--tlscert', '--tlskey']],
  ['kubectl', ['-n', '--namespace', '--context', '--cluster', '--user', '--kubeconfig', '-s', '--server', '--token', '--as', '--request-timeout']],
  ['helm', ['-n', '--namespace', '--kube-context', '--kubeconfig']],
  ['gh', ['-R', '--repo', '--hostname']],
  ['cargo', ['--color', '--config', '-Z', '-C']],
  ['go', ['-C']],
  ['terraform', []],
  ['systemctl', ['-H', '--host', '-M', '--machine', '-t', '--type', '-p', '--property', '-o', '--output']],
]);

/** The words from the sub-command on, `unknown` when options decide it in a way that can't be told, and unchanged for other programs. */
export function skipOptions(program: string, words: readonly Word[]): readonly Word[] | 'unknown' {
  const values = VALUES.get(program);
  if (values === undefined) return words;
  let at = 0;
  for (let word = words[at]; word === null || isSkipped(program, word); word = words[at]) {
    if (word === null) return 'unknown';
    const takesValue = word !== undefined && values.includes(word);
    const value = takesValue ? words[at + 1] : word;
    if (program === 'git' && mayDefineAlias(value)) return 'unknown';
    at += takesValue ? 2 : 1;
  }
  return words.slice(at);
}

const isSkipped = (program: string, word: string | undefined): boolean => word !== undefined && (/^-./.test(word) || (program === 'cargo' && word.startsWith('+')));

/** With `-c alias.x=push` the sub-command `x` is push. */
const mayDefineAlias = (value: Word | undefined): boolean => value === null || /^(-c)?alias\.|^(-c)?include(if)?\.|^--config-env/i.test(value ?? '');
