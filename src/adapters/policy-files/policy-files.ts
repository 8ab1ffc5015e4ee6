import { lstat, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import type { CompileCondition } from '../../domain/policy/condition.js';
import type { PolicyFiles } from '../../ports/policy-files.js';

export interface PolicyFilesOptions {
  /** Top folder of the main working tree. */
  readonly root: string;
  /** The user's own layer; null without a home. */
  readonly globalFile: string | null;
  /** Folder of the shipped packs. */
  readonly packsFolder: string;
  readonly compiler: () => Promise<CompileCondition>;
  readonly currentCommit: () => Promise<string | null>;
  readonly nowMs: () => number;
}

/** Policy files on disk. Reads nothing and loads no parser until it is asked. */
export function createPolicyFiles(options: PolicyFilesOptions): PolicyFiles {
  const { root, globalFile, packsFolder, compiler } = options;
  return {
    async readGlobal() {
      const text = globalFile === null ? null : await readPlain(globalFile);
      return text === null || globalFile === null ? null : { layer: 'global', source: globalFile, revision: null, text };
    },
    readWorking: (name) => readPlain(path.join(root, name)),
    readNamed: (name) => readNamed(path.resolve(root, name), name),
    writeNew: (name, text) => writeNew(path.join(root, name), { name, text }),
    listPacks: () => listPacks(packsFolder),
    readPack: (name) => readPack(packsFolder, name),
    async parse(file) {
      const [{ parsePolicyFile }, compile] = await Promise.all([import('./parse-policy-file.js'), compiler()]);
      return parsePolicyFile({ ...file, nowMs: options.nowMs() }, compile);
    },
    compiler,
    schema: async () => (await import('./policy-json-schema.js')).policyJsonSchema(),
    currentCommit: options.currentCommit,
  };
}

/** Above what the parser takes, so that its own message is the one that is read. */
const MAX_BYTES = 1024 * 1024;

/** A link or a folder in the place of a policy would let somebody else say what it is. */
async function readPlain(file: string): Promise<string | null> {
  try {
    const found = await lstat(file);
    if (found.isFile() && found.size > MAX_BYTES) throw new AiError({ code: 'INVALID_POLICY', message: `${file} has ${found.size} bytes, far too many for a policy.`, hint: 'Look what is in it; a policy has at most 256 KiB.' });
    if (!found.isFile()) throw new AiError({ code: 'INVALID_POLICY', message: `${file} is no plain file: a policy may not be a link or a folder.`, hint: `Put a plain file in its place, or remove it.` });
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'EACCES' || code === 'EPERM') throw new AiError({ code: 'INVALID_POLICY', message: `${file} can't be read (${code}).`, hint: 'Make it a file that you may read, or remove it.', cause: error });
    throw error;
  }
}

async function readNamed(file: string, name: string): Promise<string> {
  const text = await readPlain(file);
  if (text === null) throw new AiError({ code: 'FILE_NOT_FOUND', message: `There is no file ${quote(name)}.`, hint: 'Check the path.' });
  return text;
}

async function writeNew(file: string, { name, text }: { readonly name: string; readonly text: string }): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EEXIST') throw error;
    throw new AiError({ code: 'ALREADY_EXISTS', message: `${name} exists already; it was not touched.`, hint: `ai policy validate, or remove ${name} first.`, cause: error });
  }
}

const PACK = /^[a-z][a-z0-9-]*$/;

async function listPacks(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length)).sort();
}

async function readPack(folder: string, name: string): Promise<string> {
  const packs = await listPacks(folder);
  if (PACK.test(name) && packs.includes(name)) return readFile(path.join(folder, `${name}.yaml`), 'utf8');
  throw new AiError({ code: 'FILE_NOT_FOUND', message: `There is no policy pack ${quote(name)}.`, hint: `One of: ${packs.join(', ')}` });
}
