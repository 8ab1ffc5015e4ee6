import { AiError } from '../../domain/kernel/errors.js';
import type { Anchor } from '../../ports/audit-anchors.js';
import type { RunGit } from './git.js';

export const NOTE_FILE = 'checkpoint';
const REF = /^(?!-)(?!.*\.\.)[^\s~^:?*[\\\p{Cc}]{1,512}$/u;

interface BatchObject {
  readonly type: string;
  readonly content: string;
}

/** The chain of anchors that ends at a ref, newest first; null when there is no such ref. */
export async function readChain(git: RunGit, ref: string, limit: number): Promise<readonly Anchor[] | null> {
  const tip = await commitAt(git, ref);
  if (tip === null) return null;
  const { stdout } = await git({ args: ['rev-list', '--first-parent', `--max-count=${limit}`, '--end-of-options', tip] });
  const commits = stdout.split('\n').filter((line) => line !== '');
  const objects = await readObjects(git, commits.flatMap((commit) => [commit, `${commit}:${NOTE_FILE}`]));
  return commits.map((commit, index) => {
    const [raw, note] = [objects[2 * index], objects[2 * index + 1]];
    if (raw?.type !== 'commit' || note?.type !== 'blob') throw noAnchor(ref, commit);
    mustContinue({ ref, commit, raw: raw.content, next: commits[index + 1] });
    return { commit, note: note.content };
  });
}

/** The commit that a ref stands for; null when there is none. Throws INVALID_INPUT for what can't be the name of one. */
export async function commitAt(git: RunGit, ref: string): Promise<string | null> {
  if (!REF.test(ref)) throw new AiError({ code: 'INVALID_INPUT', message: `${JSON.stringify(ref)} can't be the name of a ref.`, hint: 'ai audit verify --from-anchor refs/ai/checkpoints' });
  const { stdout, exitCode } = await git({ args: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], answers: [0, 1, 128] });
  const commit = stdout.trim();
  return exitCode === 0 && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null;
}

/** The commit itself says what it continues, whatever the repository is made to believe about parents. */
function mustContinue(link: { readonly ref: string; readonly commit: string; readonly raw: string; readonly next: string | undefined }): void {
  const header = link.raw.split('\n\n', 1)[0] ?? '';
  const parent = /^parent (\S+)$/m.exec(header)?.[1];
  if (link.next !== undefined && parent !== link.next) throw noAnchor(link.ref, link.commit);
}

async function readObjects(git: RunGit, names: readonly string[]): Promise<readonly BatchObject[]> {
  const { stdout } = await git({ args: ['cat-file', '--batch'], stdin: `${names.join('\n')}\n` });
  const bytes = Buffer.from(stdout, 'utf8');
  const objects: BatchObject[] = [];
  let at = 0;
  while (at < bytes.length && objects.length < names.length) {
    const end = bytes.indexOf(0x0a, at);
    const [, type = 'missing', size = '0'] = bytes.toString('utf8', at, end).split(' ');
    if (!/^\d+$/.test(size) || type === 'missing') {
      objects.push({ type: 'missing', content: '' });
      at = end + 1;
      continue;
    }
    objects.push({ type, content: bytes.toString('utf8', end + 1, end + 1 + Number(size)) });
    at = end + 1 + Number(size) + 1;
  }
  return objects;
}

function noAnchor(ref: string, commit: string): AiError {
  return new AiError({ code: 'INVALID_INPUT', message: `${ref} holds no chain of anchors: commit ${commit.slice(0, 12)} has no checkpoint, or does not continue the one before.`, hint: 'git log --oneline refs/ai/checkpoints', details: { ref, commit } });
}
