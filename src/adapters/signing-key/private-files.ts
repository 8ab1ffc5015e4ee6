import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, constants, readFileSync, renameSync, rmSync, writeFileSync, type Stats } from 'node:fs';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { codeOf, fileError } from './file-errors.js';

const OTHERS_MAY_READ = 0o077;
const OTHERS_MAY_WRITE = 0o022;
const MAX_BYTES = 64 * 1024;
const TEMPORARY_BYTES = 8;

/** Files of one user: nobody else may read or replace them. */
export class PrivateFiles {
  readonly folder: string;
  readonly #uid: number | null;

  /** `uid`: who has to own the files; null where the system has no such thing. */
  constructor(folder: string, uid: number | null) {
    this.folder = folder;
    this.#uid = uid;
  }

  /** Null when there is none. Throws CREDENTIALS for a file that is not private. */
  read(name: string): string | null {
    const file = path.join(this.folder, name);
    const descriptor = openToRead(file);
    if (descriptor === null) return null;
    try {
      this.#mustBePrivate(file, fstatSync(descriptor));
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  }

  /** Writes a file that is not there yet. False when it is there already, whoever was faster. */
  create(name: string, content: string): boolean {
    return this.#written(name, content, (temporary, file) => {
      // A link appears with its whole content or not at all, and never over something else.
      linkSync(temporary, file);
    });
  }

  replace(name: string, content: string): void {
    this.#written(name, content, renameSync);
  }

  #written(name: string, content: string, place: (temporary: string, file: string) => void): boolean {
    const file = path.join(this.folder, name);
    const temporary = path.join(this.folder, `.${randomBytes(TEMPORARY_BYTES).toString('hex')}.tmp`);
    try {
      this.#makeFolder();
      writeDurably(temporary, content);
      place(temporary, file);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw fileError(error, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  #makeFolder(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const facts = lstatSync(this.folder);
    const isOurs = facts.isDirectory() && (facts.mode & OTHERS_MAY_WRITE) === 0 && (this.#uid === null || facts.uid === this.#uid);
    if (!isOurs) throw notPrivate(this.folder, 'others may put files there', `chmod 700 ${this.folder}`);
  }

  #mustBePrivate(file: string, facts: Stats): void {
    if (!facts.isFile()) throw notPrivate(file, 'it is no plain file', `Look at what is there: ls -l ${file}`);
    if (facts.size > MAX_BYTES) throw notPrivate(file, 'it is too large for what belongs there', `Look at what is there: ls -l ${file}`);
    if (this.#uid !== null && facts.uid !== this.#uid) throw notPrivate(file, 'it belongs to another user', `ls -l ${file}`);
    if ((facts.mode & OTHERS_MAY_READ) !== 0) throw notPrivate(file, 'others may read it', `chmod 600 ${file}`);
  }
}

function openToRead(file: string): number | null {
  try {
    // No link is followed, and a pipe that was put there must not make us wait.
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') throw notPrivate(file, 'it is a symbolic link', `Put the file itself there: ls -l ${file}`);
    if (code === 'EACCES' || code === 'EPERM') throw notPrivate(file, 'it may not be read by this user', `ls -l ${file}`);
    throw error;
  }
}

function writeDurably(file: string, content: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notPrivate(file: string, why: string, hint: string): AiError {
  return new AiError({ code: 'CREDENTIALS', message: `${file} is not used for the audit log: ${why}.`, hint, details: { file } });
}
