import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { UserSettings } from './user-settings.js';

/**
 * Git directories of our own. Git takes its configuration, hooks, attributes and excludes from the git directory, so a
 * directory that we wrote is what makes the user's and the agents' configuration not matter.
 */

/** Parts of the user's git directory that are looked through at: branches, their logs, the limit of a shallow clone. */
const SHOWN = ['refs', 'packed-refs', 'shallow', 'logs'] as const;

/**
 * Writes, or puts back to what it has to be, the directory through which we see the user's repository.
 * Safe to do at the same time in several processes: all of them write the same.
 */
export async function restoreView(folder: string, repository: { readonly gitCommonDir: string; readonly objectFormat: UserSettings['objectFormat'] }): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = new Map([
    ['HEAD', NO_HEAD],
    ['config', gitConfig(repository.objectFormat)],
  ]);
  const links = new Map(SHOWN.map((name) => [name as string, path.join(repository.gitCommonDir, name)]));
  // Logs are kept only where the user's git keeps them.
  if (!existsSync(path.join(repository.gitCommonDir, 'logs'))) links.delete('logs');
  await removeOthers(folder, new Set([...files.keys(), ...links.keys()]));
  for (const [name, content] of files) await keepFile(path.join(folder, name), content);
  for (const [name, target] of links) await keepLink(path.join(folder, name), target);
}

/** The same for the directory that holds the trees of work in place. */
export async function restoreInPlace(folder: string, objectFormat: UserSettings['objectFormat']): Promise<void> {
  for (const name of ['objects', 'refs']) await mkdir(path.join(folder, name), { recursive: true, mode: 0o700 });
  await removeOthers(folder, new Set(['objects', 'refs', 'HEAD', 'config']));
  await keepFile(path.join(folder, 'HEAD'), NO_HEAD);
  await keepFile(path.join(folder, 'config'), gitConfig(objectFormat));
}

/** A branch that nobody makes: nothing that we do moves a HEAD. */
const NO_HEAD = 'ref: refs/ai/none\n';

function gitConfig(objectFormat: UserSettings['objectFormat']): string {
  const isPlain = objectFormat === 'sha1';
  return `[core]\n\trepositoryformatversion = ${isPlain ? 0 : 1}\n\tbare = true\n${isPlain ? '' : `[extensions]\n\tobjectformat = ${objectFormat}\n`}`;
}

/** Hooks, attributes, excludes, grafts, a `commondir`: none of it is ours. */
async function removeOthers(folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!names.has(name) && !name.endsWith('.tmp')) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Leaves the file alone when it is right, so that a reader never finds it missing. */
export async function keepFile(file: string, content: string): Promise<void> {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file, 'utf8') === content) return;
  const temporary = temporaryName(file);
  await writeFile(temporary, content);
  await rename(temporary, file);
}

async function keepLink(link: string, target: string): Promise<void> {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === target) return;
  const temporary = temporaryName(link);
  await symlink(target, temporary);
  if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory() === true) await rm(link, { recursive: true, force: true });
  await rename(temporary, link);
}

export function temporaryName(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}.tmp`;
}
