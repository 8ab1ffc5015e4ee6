/** Two looks at what is protected, as names with a text that changes whenever the content does. */
export interface ProtectedLook {
  readonly files: ReadonlyMap<string, string>;
  readonly checkout: ReadonlyMap<string, string>;
}

export interface ProtectedChanges {
  /** Configuration, hooks and secrets: nobody should have touched them while an agent worked. */
  readonly files: readonly string[];
  /** Files of the main working tree: an agent may have written there, or the person who works in it. */
  readonly checkout: readonly string[];
}

export function protectedChanges(before: ProtectedLook, after: ProtectedLook): ProtectedChanges {
  return { files: changedNames(before.files, after.files), checkout: changedNames(before.checkout, after.checkout) };
}

function changedNames(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).sort();
}

const SHOWN = 10;

/** One sentence for people; null when nothing that matters changed. */
export function protectedMessage({ files }: ProtectedChanges): string | null {
  if (files.length === 0) return null;
  const shown = files.slice(0, SHOWN).join(', ');
  const more = files.length > SHOWN ? ` and ${files.length - SHOWN} more` : '';
  return `While the agent worked, protected files changed that are no part of its work: ${shown}${more}. Look at them before you land this.`;
}
