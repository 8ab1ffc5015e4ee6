export const HOOK_NAMES = ['pre-commit', 'pre-push'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

export interface HookFile {
  readonly name: HookName;
  /** Absolute. */
  readonly file: string;
  /** `other`: a folder or the like. */
  readonly kind: 'absent' | 'file' | 'link' | 'other';
  /** Content of a plain file; null for anything else, and for more than a script has. */
  readonly text: string | null;
  /** Where the hook that was there before is kept; it is there when `kept`. */
  readonly keptFile: string;
  readonly kept: boolean;
}

/** A program that manages hooks by itself, as far as its files say so. */
export interface HookManager {
  readonly name: 'husky' | 'lefthook' | 'pre-commit';
  /** Relative to the top folder: where it is told what to run. Content is null when there is no such file yet. */
  readonly configs: readonly { readonly path: string; readonly text: string | null }[];
}

export interface HooksPlace {
  /** Top folder of the working tree. */
  readonly top: string;
  /** Where git looks for hooks: `core.hooksPath`, or `hooks` of the git folder that all working trees share. Absolute. */
  readonly folder: string;
  /** `git`: inside of the git folder. `tree`: files of the working tree, which others get too. `outside`: shared with other repositories. */
  readonly belongsTo: 'git' | 'tree' | 'outside';
  readonly hooks: readonly HookFile[];
  readonly manager: HookManager | null;
}

/** The git hooks of one repository. */
export interface GitHooks {
  /** Throws PROJECT_NOT_FOUND outside of a repository, BARE_REPOSITORY, GIT_MISSING. */
  inspect(): Promise<HooksPlace>;
  /**
   * Writes an executable hook in one step. With `keep`, the hook that is there is kept beside it first, so that at no moment
   * there is none. Throws ALREADY_EXISTS when one is kept already, READ_ONLY, DISK_FULL.
   */
  write(hook: HookFile, text: string, options: { readonly keep: boolean }): Promise<void>;
  /** Takes our hook away, and puts the kept one back as it was. */
  restore(hook: HookFile): Promise<void>;
}
