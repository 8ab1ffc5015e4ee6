import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findRepository, gitDirOf } from './find-repository.js';

/** `ref: ` may lead to another symbolic ref; git itself stops after five. */
const MAX_HOPS = 5;
/** What git writes into HEAD where refs are kept in tables. */
const REFTABLE_HEAD = 'refs/heads/.invalid';
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * The commit that is checked out in a working tree, from the files that git keeps (gitrepository-layout(5)), without starting git. Null
 * on a branch without a commit and without a repository. Undefined where the files don't tell (reftable): then git has to be asked,
 * because "there is no commit" would make the working tree the one to trust.
 */
export function findHeadCommit(workingTree: string): string | null | undefined {
  const gitDir = gitDirOf(workingTree);
  const repository = findRepository(workingTree);
  if (gitDir === null || repository === null) return null;
  let content = readLine(path.join(gitDir, 'HEAD'));
  for (let hop = 0; hop < MAX_HOPS && content !== null; hop += 1) {
    if (COMMIT.test(content)) return content;
    const ref = /^ref: (refs\/.+)$/.exec(content)?.[1];
    if (ref === undefined || ref === REFTABLE_HEAD) return undefined;
    content = readLine(path.join(repository.gitCommonDir, ref)) ?? findPacked(repository.gitCommonDir, ref);
  }
  return null;
}

function findPacked(gitCommonDir: string, ref: string): string | null {
  const ending = ` ${ref}`;
  const line = (readText(path.join(gitCommonDir, 'packed-refs')) ?? '').split('\n').find((one) => one.endsWith(ending));
  return line === undefined ? null : line.slice(0, -ending.length);
}

function readLine(file: string): string | null {
  return readText(file)?.trimEnd() ?? null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not there, or a folder: then the ref is not kept in this file.
    return null;
  }
}
