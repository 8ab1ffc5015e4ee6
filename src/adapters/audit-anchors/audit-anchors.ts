import type { Anchor, AuditAnchors, NewAnchor } from '../../ports/audit-anchors.js';
import { AiError } from '../../domain/kernel/errors.js';
import { createGit, type GitOptions, type RunGit } from './git.js';
import { pushChain } from './push.js';
import { commitAt, NOTE_FILE, readChain } from './read-chain.js';

const ANCHOR_REF = 'refs/ai/checkpoints';
const NOTES_REF = 'refs/notes/ai';
const KEY_FILE = 'verifier-key';
const COMMIT = /^[0-9a-f]{40,64}$/;

export function createAuditAnchors(options: GitOptions): AuditAnchors {
  const git = createGit(options);
  return {
    ref: ANCHOR_REF,
    listAnchors: (ref, limit) => readChain(git, ref, limit),
    addAnchor: (anchor) => addAnchor(git, anchor),
    push: async (remote) => {
      const commit = await commitAt(git, ANCHOR_REF);
      if (commit === null) throw new AiError({ code: 'INVALID_INPUT', message: 'There is no anchor to push yet.', hint: 'ai audit anchor' });
      await pushChain(options, git, { remote, commit, ref: ANCHOR_REF });
    },
    treeOf: async (commit) => treeOf(git, commit),
    readEvidence: async (commit) => readEvidence(git, commit),
    writeEvidence: async (commit, { lines, atMs }) => {
      const blob = await writeBlob(git, lines.map((line) => `${line}\n`).join(''));
      await git({ args: ['notes', `--ref=${NOTES_REF}`, 'add', '--force', '-C', blob, commit], env: signature(atMs) });
    },
  };
}

async function addAnchor(git: RunGit, { note, verifierKey, previous, atMs }: NewAnchor): Promise<Anchor> {
  const [noteBlob, keyBlob] = [await writeBlob(git, note), await writeBlob(git, `${verifierKey}\n`)];
  const entries = [`100644 blob ${noteBlob}\t${NOTE_FILE}`, `100644 blob ${keyBlob}\t${KEY_FILE}`];
  const tree = (await git({ args: ['mktree'], stdin: `${entries.join('\n')}\n` })).stdout.trim();
  const parents = previous === null ? [] : ['-p', previous];
  const size = note.split('\n', 2)[1] ?? '';
  const commit = (await git({ args: ['commit-tree', ...parents, '-F', '-', tree], stdin: `Checkpoint of ${size} events\n`, env: signature(atMs) })).stdout.trim();
  // Zeros: the ref must not exist yet.
  const expected = previous ?? '0'.repeat(commit.length);
  await git({ args: ['update-ref', '-m', 'ai audit anchor', ANCHOR_REF, commit, expected] });
  return { commit, note };
}

async function treeOf(git: RunGit, commit: string): Promise<string | null> {
  if (!COMMIT.test(commit)) return null;
  const { stdout, exitCode } = await git({ args: ['rev-parse', '--verify', '--quiet', `${commit}^{tree}`], answers: [0, 1, 128] });
  return exitCode === 0 ? stdout.trim() : null;
}

async function readEvidence(git: RunGit, commit: string): Promise<readonly string[]> {
  const { stdout, exitCode } = await git({ args: ['notes', `--ref=${NOTES_REF}`, 'show', commit], answers: [0, 1] });
  return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}

async function writeBlob(git: RunGit, content: string): Promise<string> {
  return (await git({ args: ['hash-object', '-w', '--stdin', '--no-filters'], stdin: content })).stdout.trim();
}

/** Whose commits these are: the program's own, at the time that the caller states. */
function signature(atMs: number): Record<string, string> {
  const who = { NAME: 'ai', EMAIL: 'ai@localhost', DATE: `${Math.floor(atMs / 1000)} +0000` };
  return Object.fromEntries(Object.entries(who).flatMap(([part, value]) => [[`GIT_AUTHOR_${part}`, value], [`GIT_COMMITTER_${part}`, value]]));
}
