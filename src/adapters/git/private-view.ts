import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Facts } from './facts.js';

/**
 * git state of our own: a GIT_DIR that holds our configuration and index and nothing else, beside a
 * borrowed object store. Configuration, hooks, filters, excludes and index bits of the repository, of its
 * working trees and of the user do not exist in this view, so nothing that an agent writes there has an effect.
 */
export interface PrivateView {
  /** Working tree, or the folder whose attribute files count for merges. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ViewPlace {
  /** The private GIT_DIR. */
  readonly folder: string;
  readonly workTree: string;
  readonly indexFile: string;
}

/** Conversions that run programs, or that a file's own author could use to store something else than what is there. */
const ATTRIBUTES = '* -filter -ident -working-tree-encoding !diff\n';

/** Files that would lead git to settings of somebody else. */
const REDIRECTIONS = ['commondir', 'config.worktree', 'info/grafts', 'info/sparse-checkout'];

/** Makes the folder, or puts back what was changed in it. Safe to call at the same time from several processes. */
export async function makePrivateGitDir(folder: string, config: ReadonlyMap<string, string>): Promise<void> {
  await Promise.all(['refs', 'info', 'objects'].map((name) => mkdir(path.join(folder, name), { recursive: true })));
  await Promise.all([
    ...REDIRECTIONS.map((name) => rm(path.join(folder, name), { recursive: true, force: true })),
    replaceFile(path.join(folder, 'info', 'attributes'), ATTRIBUTES),
    replaceFile(path.join(folder, 'config'), configText(config)),
    replaceFile(path.join(folder, 'HEAD'), 'ref: refs/heads/none\n'),
  ]);
}

/** `facts` null: objects are kept in the private folder itself. */
export function privateView(place: ViewPlace, facts: Pick<Facts, 'gitCommonDir' | 'objectFolder'> | null): PrivateView {
  const shared: Readonly<Record<string, string>> = facts === null ? {} : { GIT_OBJECT_DIRECTORY: facts.objectFolder, GIT_SHALLOW_FILE: path.join(facts.gitCommonDir, 'shallow') };
  return {
    cwd: place.workTree,
    env: {
      GIT_DIR: place.folder,
      GIT_WORK_TREE: place.workTree,
      GIT_INDEX_FILE: place.indexFile,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      ...shared,
    },
  };
}

/** Several processes may write the same content at the same time; none may see half of it. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content);
  await rename(draft, file);
}

/** Git's own line-end settings are data about how files are stored, so the user's are kept; all else is fixed. */
function configText(config: ReadonlyMap<string, string>): string {
  const objectFormat = config.get('extensions.objectformat');
  const lines = [
    '[core]',
    `\trepositoryformatversion = ${objectFormat === undefined ? 0 : 1}`,
    '\tbare = false',
    '\tfilemode = true',
    '\tsymlinks = true',
    '\tsafecrlf = false',
    '\tattributesFile = /dev/null',
    '\texcludesFile = /dev/null',
    '\tuntrackedCache = false',
    '\tsparseCheckout = false',
    ...copied(config, ['core.ignorecase', 'core.precomposeunicode', 'core.autocrlf', 'core.eol']),
    '[index]',
    '\tversion = 2',
    '\tthreads = true',
    '[diff]',
    '\trenames = false',
    ...(objectFormat === undefined ? [] : ['[extensions]', `\tobjectFormat = ${objectFormat === 'sha256' ? 'sha256' : 'sha1'}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function copied(config: ReadonlyMap<string, string>, keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const value = config.get(key);
    return value !== undefined && /^\w+$/.test(value) ? [`\t${key.slice('core.'.length)} = ${value}`] : [];
  });
}
