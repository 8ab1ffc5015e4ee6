import type { CompileCondition } from '../domain/policy/condition.js';
import type { Effect } from '../domain/policy/effect.js';
import type { FactValue } from '../domain/policy/facts.js';
import type { LayerName, PolicyLayer } from '../domain/policy/layer.js';

/** The text of one policy file and where it was found. */
export interface PolicyText {
  readonly layer: Exclude<LayerName, 'builtin'>;
  /** What messages call it. */
  readonly source: string;
  /** Commit that it was read from; null when it lies in a folder. */
  readonly revision: string | null;
  readonly text: string;
}

/** What a rule's author says that it does; checked when the policy is validated and tested. */
export interface RuleExample {
  readonly rule: string;
  /** `file:line:column`. */
  readonly at: string;
  readonly expect: Effect | 'none';
  /** Facts by name, and the words `path`, `command`, `agent` and the like that make up a request. */
  readonly facts: Readonly<Record<string, FactValue>>;
}

export interface PolicyProblemNote {
  readonly at: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface ParsedPolicy {
  readonly layer: PolicyLayer;
  readonly examples: readonly RuleExample[];
  readonly warnings: readonly PolicyProblemNote[];
}

/** Policy files on disk, and the language that they are written in. */
export interface PolicyFiles {
  /** The user's own layer, null when there is none. */
  readGlobal(): Promise<PolicyText | null>;
  /** A file as it lies in the working tree; null when there is none. Throws INVALID_POLICY for a link or a folder in its place. */
  readWorking(path: string): Promise<string | null>;
  /** A file that a person names. Throws FILE_NOT_FOUND. */
  readNamed(path: string): Promise<string>;
  /** Writes a file of the working tree that must not exist yet. Throws ALREADY_EXISTS. */
  writeNew(path: string, text: string): Promise<void>;
  /** Names of the shipped packs, and the text of one. Throws FILE_NOT_FOUND naming the packs. */
  listPacks(): Promise<readonly string[]>;
  readPack(name: string): Promise<string>;
  /** Throws INVALID_POLICY with every problem and its place. */
  parse(text: PolicyText): Promise<ParsedPolicy>;
  compiler(): Promise<CompileCondition>;
  /** JSON Schema of a policy file, for editors. */
  schema(): Promise<Readonly<Record<string, unknown>>>;
  /** Commit of HEAD in the main working tree, found without starting git where possible; null without one. */
  currentCommit(): Promise<string | null>;
}
